import type { ByteReader } from "../../bytes/byte-reader.js";
import type { ByteWriter } from "../../bytes/byte-writer.js";
import { columnType, type ColumnType } from "../column-type.js";
import { describeValue, wrongKind } from "../describe-value.js";
import { parameterizedType, type ParameterizedType } from "../parameterized-type.js";
import { checkKept, intervalModifier, type IntervalModifier } from "./interval-modifier.js";
import type { IntervalFields, SecondIntervalFields } from "./interval-modifier.js";
import { storedParts, type IntervalParts } from "./interval-parts.js";
import type { IntervalAmounts } from "./interval-sum.js";
import { parseInterval } from "./interval-text.js";
import { temporalClass, type TemporalDuration } from "./temporal.js";

/** The values of an {@link interval}. */
export type Interval = IntervalParts | string | TemporalDuration;

const INT32_MAX = 2 ** 31 - 1;
const INT64_MAX = 2n ** 63n - 1n;

/**
 * `interval`: an object with fields such as `{ months, days, microseconds }` (also the interval
 * objects of node-postgres), a `Temporal.Duration`, or a string: an ISO 8601 duration
 * (`"P1Y2M3DT4H5M6.789S"`, also with weeks and negative numbers) or what the server prints with any
 * `intervalstyle` (`"1 year 2 mons 3 days 04:05:06.789"`, `"@ 1 day -2 hours ago"`, `"1-2"`).
 * Fractions of a microsecond, fractions of a day or of a longer unit, and texts whose signs depend
 * on the setting (`"-3 4:05:06"`, `"-1 day 02:00:00"`) are errors. Decodes to `{ months, days,
 * microseconds }` with a `bigint`, or to the name of an infinity.
 *
 * `"infinity"` and `"-infinity"` need PostgreSQL 17: an older server reads the same bytes as the
 * longest interval. Before PostgreSQL 15 a server stores 2147483648 hours or more, but cannot print
 * them.
 *
 * `interval(precision)` and `interval(fields, precision?)` accept no value that the server would
 * round or truncate. The server truncates only units that are smaller than the last field: an
 * `interval day` also has months.
 *
 * @example
 * table("jobs", { took: interval, timeout: interval(3), term: interval("year to month") });
 */
export const interval: ParameterizedType<
  Interval,
  [precision: number] | [fields: IntervalFields] | [fields: SecondIntervalFields, precision: number]
> = parameterizedType(intervalType(undefined), (first, precision?: number) =>
  intervalType(
    typeof first === "number"
      ? intervalModifier(undefined, first)
      : intervalModifier(first, precision),
  ),
);

function intervalType(modifier: IntervalModifier | undefined): ColumnType<Interval> {
  return columnType(modifier?.name ?? "interval", {
    sql: modifier?.sql ?? "interval",
    encode(value, out) {
      if (value === "infinity") {
        writeInterval(INT64_MAX, INT32_MAX, INT32_MAX, out);
        return;
      }
      if (value === "-infinity") {
        writeInterval(-INT64_MAX - 1n, -INT32_MAX - 1, -INT32_MAX - 1, out);
        return;
      }
      const { months = 0, days = 0, microseconds = 0 } = partsOf(value);
      checkRange(months, days, microseconds);
      if (modifier !== undefined) {
        checkKept(months, days, microseconds, modifier);
      }
      writeInterval(microseconds, days, months, out);
    },
    decode: readInterval,
  });
}

/** `interval_recv` in src/backend/utils/adt/timestamp.c. */
function writeInterval(
  microseconds: number | bigint,
  days: number,
  months: number,
  out: ByteWriter,
): void {
  out.int64(microseconds);
  out.int32(days);
  out.int32(months);
}

function readInterval(input: ByteReader): IntervalAmounts | "infinity" | "-infinity" {
  const microseconds = input.int64();
  const days = input.int32();
  const months = input.int32();
  return infinityName(months, days, microseconds) ?? { months, days, microseconds };
}

function infinityName(
  months: number,
  days: number,
  microseconds: number | bigint,
): "infinity" | "-infinity" | undefined {
  if (months === INT32_MAX && days === INT32_MAX && microseconds === INT64_MAX) {
    return "infinity";
  }
  return months === -INT32_MAX - 1 && days === -INT32_MAX - 1 && microseconds === -INT64_MAX - 1n
    ? "-infinity"
    : undefined;
}

function partsOf(value: Interval): Pick<IntervalParts, "months" | "days" | "microseconds"> {
  if (typeof value === "string") {
    return parseInterval(value);
  }
  if (temporalClass(value) === "Temporal.Duration") {
    return partsOfDuration(value as TemporalDuration);
  }
  if (typeof value !== "object" || value === null) {
    throw wrongKind("an interval object, a string or a Temporal.Duration", value);
  }
  return storedParts(value);
}

function partsOfDuration(value: TemporalDuration): ReturnType<typeof partsOf> {
  const minutes = BigInt(value.hours) * 60n + BigInt(value.minutes);
  const milliseconds = (minutes * 60n + BigInt(value.seconds)) * 1000n + BigInt(value.milliseconds);
  const nanoseconds =
    (milliseconds * 1000n + BigInt(value.microseconds)) * 1000n + BigInt(value.nanoseconds);
  if (nanoseconds % 1000n !== 0n) {
    throw new RangeError("the duration is more precise than a microsecond: round it first");
  }
  return {
    months: value.years * 12 + value.months,
    days: value.weeks * 7 + value.days,
    microseconds: nanoseconds / 1000n,
  };
}

function checkRange(months: number, days: number, microseconds: number | bigint): void {
  if (!isInt32(months)) {
    throw notAnInteger("months", months, "a 32-bit integer");
  }
  if (!isInt32(days)) {
    throw notAnInteger("days", days, "a 32-bit integer");
  }
  const isInteger =
    typeof microseconds === "bigint"
      ? BigInt.asIntN(64, microseconds) === microseconds
      : Number.isSafeInteger(microseconds);
  if (!isInteger) {
    throw notAnInteger("microseconds", microseconds, "a safe integer or a 64-bit bigint");
  }
  if (infinityName(months, days, microseconds) !== undefined) {
    throw new RangeError("the interval is out of range: PostgreSQL uses this value for infinity");
  }
}

function isInt32(value: number): boolean {
  return typeof value === "number" && (value | 0) === value;
}

function notAnInteger(part: string, value: unknown, expected: string): Error {
  const reason = `${part} must be ${expected}, got ${describeValue(value)}`;
  return typeof value === "number" || typeof value === "bigint"
    ? new RangeError(reason)
    : new TypeError(reason);
}
