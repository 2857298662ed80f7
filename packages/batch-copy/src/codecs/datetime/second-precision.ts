/** The parameter of `time(p)`, `timestamp(p)` and their like: how many digits a second may have. */
export interface SecondPrecision {
  readonly digits: number;
  /** As it follows the type's name: `(3)`, or nothing. */
  readonly suffix: string;
  /** The microseconds that one step of the last digit takes. */
  readonly step: number;
  readonly bigStep: bigint;
}

/** `MAX_TIMESTAMP_PRECISION` in src/include/datatype/timestamp.h; MAX_INTERVAL_PRECISION is the same. */
const MAX_DIGITS = 6;

/** The precision of a column that was given none: microseconds. */
export const MICROSECONDS: SecondPrecision = precisionOf(MAX_DIGITS, "");

/**
 * The precision with `digits` behind the point of a second.
 *
 * @throws RangeError for a precision that PostgreSQL does not have; it would only warn, and take 6.
 */
export function secondPrecision(typeName: string, digits: number): SecondPrecision {
  if (!Number.isInteger(digits) || digits < 0 || digits > MAX_DIGITS) {
    throw new RangeError(`${typeName}(precision) takes 0 to ${MAX_DIGITS}, got ${digits}`);
  }
  return precisionOf(digits, `(${digits})`);
}

function precisionOf(digits: number, suffix: string): SecondPrecision {
  const step = 10 ** (MAX_DIGITS - digits);
  return { digits, suffix, step, bigStep: BigInt(step) };
}

/** Throws a RangeError if the column would round the microseconds. */
export function checkPrecision(microseconds: number | bigint, precision: SecondPrecision): void {
  const { digits, step, bigStep } = precision;
  if (step === 1) {
    return;
  }
  const isExact =
    typeof microseconds === "bigint" ? microseconds % bigStep === 0n : microseconds % step === 0;
  if (!isExact) {
    throw new RangeError(
      `the value has more than ${digits} decimal places of a second, which the column would round`,
    );
  }
}
