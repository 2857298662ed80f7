import { LimitError } from "../limit-error.js";

/**
 * The parameter of `time(p)`, `timestamp(p)` and the like: the number of decimal places of a
 * second.
 */
export interface SecondPrecision {
  readonly digits: number;
  /** The suffix of the type's name: `(3)`, or nothing. */
  readonly suffix: string;
  /** The number of microseconds that the last digit counts. */
  readonly step: number;
  readonly bigStep: bigint;
}

/** `MAX_TIMESTAMP_PRECISION` in src/include/datatype/timestamp.h; MAX_INTERVAL_PRECISION is the same. */
const MAX_DIGITS = 6;

/** The precision of a column without a parameter: microseconds. */
export const MICROSECONDS: SecondPrecision = precisionOf(MAX_DIGITS, "");

/**
 * The precision with `digits` decimal places of a second.
 *
 * @throws RangeError for a precision that PostgreSQL does not have; the server would only warn and
 * use 6.
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
  // The remainder of two floats takes longer. Numbers are safe integers here, so that this is exact.
  const isExact =
    typeof microseconds === "bigint"
      ? microseconds % bigStep === 0n
      : Math.floor(microseconds / step) * step === microseconds;
  if (!isExact) {
    throw new LimitError(
      `the value has more than ${digits} decimal places of a second, which the column would round`,
    );
  }
}
