import { describeValue, wrongKind } from "../describe-value.js";
import { isPlainObject } from "../record.js";

/**
 * The fields of an interval. At least one field is required; the others default to 0. The interval
 * objects of node-postgres have the same fields, without those that are 0.
 */
export interface IntervalParts {
  /** An integer; a year is 12 months. */
  readonly years?: number;
  /** An integer. PostgreSQL stores 32 bits of months, the years included. */
  readonly months?: number;
  /** An integer of 32 bits. */
  readonly days?: number;
  /** An integer. */
  readonly hours?: number;
  /** An integer. */
  readonly minutes?: number;
  /** At most 6 decimal places. */
  readonly seconds?: number;
  /** At most 3 decimal places. */
  readonly milliseconds?: number;
  /**
   * A `bigint`, or a `number` that is a safe integer. PostgreSQL stores 64 bits of microseconds, hours
   * to milliseconds included.
   */
  readonly microseconds?: number | bigint;
}

/** The three numbers that PostgreSQL stores. Their types and ranges are not checked yet. */
interface StoredParts {
  readonly months: number;
  readonly days: number;
  readonly microseconds: number | bigint;
}

/**
 * The fields that PostgreSQL does not store as they are, and their sizes in microseconds; 0 for
 * years.
 */
const MICROSECONDS: ReadonlyMap<string, number> = new Map([
  ["years", 0],
  ["hours", 3_600_000_000],
  ["minutes", 60_000_000],
  ["seconds", 1_000_000],
  ["milliseconds", 1000],
]);

const FIELDS = [
  "months",
  "days",
  "microseconds",
  ...MICROSECONDS.keys(),
] as readonly (keyof IntervalParts)[];

/** Fields that may have decimal places. */
const DECIMAL_FIELDS: ReadonlySet<string> = new Set(["seconds", "milliseconds"]);

/** @throws TypeError for an object with other keys, or without any field. */
export function storedParts(value: IntervalParts): StoredParts {
  let isEmpty = true;
  // An instance of a class may have getters, which the loop does not see.
  let isStored = isPlainObject(value);
  for (const key in value) {
    if (key !== "months" && key !== "days" && key !== "microseconds") {
      if (MICROSECONDS.has(key)) {
        isStored = false;
      } else if (Object.hasOwn(value, key)) {
        throw new TypeError(`an interval has no field ${JSON.stringify(key)}`);
      } else {
        continue;
      }
    }
    isEmpty &&= value[key as keyof IntervalParts] === undefined;
  }
  if (isEmpty && !isFromDriver(value) && !hasField(value)) {
    throw wrongKind("an object with fields such as months, days or microseconds", value);
  }
  const { months = 0, days = 0, microseconds = 0 } = value;
  return isStored ? { months, days, microseconds } : summedParts(value);
}

/** Whether it has a field, perhaps by a getter of its class. */
function hasField(value: IntervalParts): boolean {
  return FIELDS.some((field) => value[field] !== undefined);
}

/**
 * Whether it is an interval object of node-postgres, which has this method for use as a parameter.
 */
function isFromDriver(value: object): boolean {
  return typeof (value as { toPostgres?: unknown }).toPostgres === "function";
}

function summedParts(value: IntervalParts): StoredParts {
  const { years = 0, months = 0, days = 0, microseconds = 0 } = value;
  let sum = wholeMicroseconds("microseconds", microseconds, 1);
  for (const [field, size] of MICROSECONDS) {
    if (size > 0) {
      sum += wholeMicroseconds(field, value[field as keyof IntervalParts] ?? 0, size);
    }
  }
  checkInteger("years", years);
  checkInteger("months", months);
  return { months: years * 12 + months, days, microseconds: sum };
}

/** `amount * size`; the nearest integer for an amount with decimal places. */
function wholeMicroseconds(field: string, amount: number | bigint, size: number): bigint {
  if (typeof amount === "number" && !Number.isSafeInteger(amount) && DECIMAL_FIELDS.has(field)) {
    const microseconds = Math.round(amount * size);
    if (!Number.isSafeInteger(microseconds) || microseconds / size !== amount) {
      throw new RangeError(`${field}: ${describeValue(amount)} is more precise than a microsecond`);
    }
    return BigInt(microseconds);
  }
  checkInteger(field, amount);
  return BigInt(amount) * BigInt(size);
}

function checkInteger(field: string, amount: number | bigint): void {
  if (typeof amount !== "bigint" && !Number.isSafeInteger(amount)) {
    throw new TypeError(`${field} must be a safe integer, got ${describeValue(amount)}`);
  }
}
