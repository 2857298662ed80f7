/** An interval as PostgreSQL stores it. */
export interface IntervalAmounts {
  readonly months: number;
  readonly days: number;
  readonly microseconds: bigint;
}

/** The units of texts, each with a bit, which shows whether a text repeats one. */
const SIZES = {
  millennium: { bit: 1, months: 12_000 },
  century: { bit: 2, months: 1200 },
  decade: { bit: 4, months: 120 },
  year: { bit: 8, months: 12 },
  month: { bit: 16, months: 1 },
  week: { bit: 32, days: 7 },
  day: { bit: 64, days: 1 },
  hour: { bit: 128, microseconds: 3_600_000_000n },
  minute: { bit: 256, microseconds: 60_000_000n },
  second: { bit: 512, microseconds: 1_000_000n },
  millisecond: { bit: 1024, microseconds: 1000n },
  microsecond: { bit: 2048, microseconds: 1n },
} as const;

export type IntervalUnit = keyof typeof SIZES;

/**
 * Adds the fields of an interval's text exactly. Its errors are completed by the caller, who knows
 * the text.
 */
export class IntervalSum {
  #months = 0;
  #days = 0;
  #microseconds = 0n;
  #seen = 0;

  /** Adds a decimal number of a unit: `integer` and `fraction` are digits. */
  add(unit: IntervalUnit, isNegative: boolean, integer: string, fraction = ""): void {
    const size = SIZES[unit];
    if ((this.#seen & size.bit) !== 0) {
      throw new RangeError(`specifies ${unit}s more than once`);
    }
    this.#seen |= size.bit;
    if ("microseconds" in size) {
      const amount = exactProduct(integer, fraction, size.microseconds);
      this.#microseconds += isNegative ? -amount : amount;
      return;
    }
    if (fraction !== "") {
      throw new RangeError(`has a fraction of a ${unit}, whose length varies`);
    }
    const count = isNegative ? -Number(integer) : Number(integer);
    if ("months" in size) {
      this.#months = safe(this.#months + count * size.months);
    } else {
      this.#days = safe(this.#days + count * size.days);
    }
  }

  /** The sum, negated if `isNegated`. */
  amounts(isNegated: boolean): IntervalAmounts {
    const sign = isNegated ? -1 : 1;
    return {
      months: sign * this.#months,
      days: sign * this.#days,
      microseconds: isNegated ? -this.#microseconds : this.#microseconds,
    };
  }
}

function exactProduct(integer: string, fraction: string, size: bigint): bigint {
  const whole = BigInt(integer) * size;
  if (fraction === "") {
    return whole;
  }
  const numerator = BigInt(fraction) * size;
  const denominator = 10n ** BigInt(fraction.length);
  if (numerator % denominator !== 0n) {
    throw new RangeError("is more precise than a microsecond");
  }
  return whole + numerator / denominator;
}

/**
 * Checks months or days before the check for 32 bits: a number that is not safe is out of range
 * anyway.
 */
function safe(value: number): number {
  if (!Number.isSafeInteger(value)) {
    throw new RangeError("is out of range");
  }
  return value;
}
