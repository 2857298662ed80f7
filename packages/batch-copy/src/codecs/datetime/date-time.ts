import { types } from "node:util";

import type { ByteReader } from "../../bytes/byte-reader.js";
import type { ByteWriter } from "../../bytes/byte-writer.js";
import { columnType, type ColumnType } from "../column-type.js";
import { describeValue, wrongKind } from "../describe-value.js";
import { parameterizedType, type ParameterizedType } from "../parameterized-type.js";
import { civilFromDays, formatDay } from "./calendar.js";
import { parseDateTime, scanCommonShape, type DateTimeText } from "./date-time-text.js";
import {
  checkPrecision,
  MICROSECONDS,
  secondPrecision,
  type SecondPrecision,
} from "./second-precision.js";
import {
  temporalClass,
  type TemporalInstant,
  type TemporalPlainDate,
  type TemporalPlainDateTime,
} from "./temporal.js";
import { formatTime } from "./time-of-day.js";

const MS_PER_DAY = 86_400_000;
const US_PER_DAY = 86_400_000_000;
/** Milliseconds from 1970-01-01 to 2000-01-01. */
const EPOCH_MS = 946_684_800_000;

/** The limits of `IS_VALID_DATE` and `IS_VALID_TIMESTAMP` (src/include/datatype/timestamp.h). */
const FIRST_DAY = -2_451_545;
const LAST_DAY = 2_145_031_948;
const FIRST_TIMESTAMP = -211_813_488_000_000_000n;
const END_OF_TIMESTAMPS = 9_223_371_331_200_000_000n;

/** The values for the infinities: the minimum and the maximum of the integer type. */
const DATE_INFINITIES = { positive: 2 ** 31 - 1, negative: -(2 ** 31) };
const TIMESTAMP_INFINITIES = { positive: 2n ** 63n - 1n, negative: -(2n ** 63n) };

interface Infinities<N> {
  readonly positive: N;
  readonly negative: N;
}

type DateValue = Date | string | TemporalPlainDate;
type TimestampValue = Date | string | TemporalPlainDateTime;
type TimestamptzValue = Date | string | TemporalInstant;

/**
 * `date`: `"2026-11-22"`, also with ` BC`, `"infinity"` and `"-infinity"` (or the numbers), a
 * `Temporal.PlainDate`, or a `Date` at midnight UTC. A `Date` at any other time is an error,
 * because its day depends on the time zone. node-postgres stores and reads the day in local time.
 */
export const date: ColumnType<DateValue> = columnType("date", {
  encode(value, out) {
    out.int32(dateOf(value));
  },
  encodeUtf8(bytes, start, end, out) {
    const scanned = scanCommonShape(bytes, start, end);
    // A time is an error.
    if (scanned === undefined || scanned.time === scanned.time) {
      return false;
    }
    out.int32(checkedDay(scanned.days));
    return true;
  },
  decode(input) {
    const days = input.int32();
    return infinityName(days, DATE_INFINITIES) ?? formatDay(civilFromDays(days));
  },
});

/**
 * `timestamp`, a date and time without a time zone: `"2026-11-22T08:39:41.123456"` (also with a
 * space, or only the date), `"infinity"`, `"-infinity"` (or the numbers), a
 * `Temporal.PlainDateTime`, or a `Date`, whose UTC clock is stored. node-postgres stores and reads
 * its local clock. A string with a time zone is an error. A `timestamp(precision)` accepts no value
 * with more decimal places of a second than the column has, because nothing is rounded.
 *
 * @example
 * table("events", { at: timestamp, seen: timestamp(3).nullable() });
 */
export const timestamp: ParameterizedType<TimestampValue, [precision: number]> = parameterizedType(
  timestampType(MICROSECONDS),
  (precision) => timestampType(secondPrecision("timestamp", precision)),
);

/**
 * `timestamptz`, a point in time: a `Date`, a string with a time zone
 * (`"2026-11-22T08:39:41.123456Z"`, `"2026-11-22 09:39:41+01"`), `"infinity"`, `"-infinity"` (or
 * the numbers), a `Temporal.Instant` or a `Temporal.ZonedDateTime`. A `timestamptz(precision)`
 * accepts no value with more decimal places of a second than the column has, because nothing is
 * rounded.
 *
 * @example
 * table("events", { at: timestamptz, seen: timestamptz(3).nullable() });
 */
export const timestamptz: ParameterizedType<TimestamptzValue, [precision: number]> =
  parameterizedType(timestamptzType(MICROSECONDS), (precision) =>
    timestamptzType(secondPrecision("timestamptz", precision)),
  );

function timestampType(precision: SecondPrecision): ColumnType<TimestampValue> {
  return columnType(`timestamp${precision.suffix}`, {
    sql: `timestamp${precision.suffix} without time zone`,
    encode: timestampEncoder(timestampOf, precision),
    encodeUtf8(bytes, start, end, out) {
      const scanned = scanCommonShape(bytes, start, end);
      if (scanned === undefined || scanned.offset === scanned.offset) {
        return false;
      }
      out.int64(fitting(microsecondsOfLocal(scanned), precision));
      return true;
    },
    decode: (input) => readTimestamp(input, ""),
  });
}

function timestamptzType(precision: SecondPrecision): ColumnType<TimestamptzValue> {
  return columnType(`timestamptz${precision.suffix}`, {
    sql: `timestamp${precision.suffix} with time zone`,
    encode: timestampEncoder(momentOf, precision),
    encodeUtf8(bytes, start, end, out) {
      const scanned = scanCommonShape(bytes, start, end);
      if (scanned === undefined || scanned.offset !== scanned.offset) {
        return false;
      }
      out.int64(fitting(microsecondsOfMoment(scanned), precision));
      return true;
    },
    decode: (input) => readTimestamp(input, "Z"),
  });
}

/**
 * Most values are Dates near enough to the epoch to be numbers. This path is one short function
 * that V8 can inline into its caller; the path of the other values takes twice the time.
 */
function timestampEncoder<Value>(
  microsecondsOfValue: (value: Value) => number | bigint,
  precision: SecondPrecision,
): (value: Value, out: ByteWriter) => void {
  return (value, out) => {
    if (value instanceof Date && precision === MICROSECONDS) {
      const microseconds = (value.getTime() - EPOCH_MS) * 1000;
      // An invalid Date is NaN, which fails the comparison.
      if (Math.abs(microseconds) <= Number.MAX_SAFE_INTEGER) {
        out.safeInteger(microseconds);
        return;
      }
    }
    out.int64(fitting(microsecondsOfValue(value), precision));
  };
}

/** The microseconds, if the column can store them exactly. */
function fitting(microseconds: number | bigint, precision: SecondPrecision): number | bigint {
  const { positive, negative } = TIMESTAMP_INFINITIES;
  if (microseconds !== positive && microseconds !== negative) {
    checkPrecision(microseconds, precision);
  }
  return microseconds;
}

function dateOf(value: DateValue): number {
  const infinity = infinityValue(value, DATE_INFINITIES);
  if (infinity !== undefined) {
    return infinity;
  }
  if (isDate(value)) {
    const days = (checkedTime(value) - EPOCH_MS) / MS_PER_DAY;
    if (!Number.isInteger(days)) {
      throw new RangeError("the Date is not at midnight UTC: pass a string instead");
    }
    return checkedDay(days);
  }
  const text = textOf(value, "Temporal.PlainDate", "a date string, a Date or a Temporal.PlainDate");
  const { days, time, offset } = parseDateTime(text);
  if (!Number.isNaN(time) || !Number.isNaN(offset)) {
    throw new RangeError(
      `${describeValue(text)} has a time or a time zone, which a date cannot store`,
    );
  }
  return checkedDay(days);
}

function timestampOf(value: TimestampValue): number | bigint {
  if (isDate(value)) {
    return microsecondsOf(value);
  }
  const infinity = infinityValue(value, TIMESTAMP_INFINITIES);
  if (infinity !== undefined) {
    return infinity;
  }
  const text = textOf(
    value,
    "Temporal.PlainDateTime",
    "a timestamp string, a Date or a Temporal.PlainDateTime",
  );
  const parsed = parseDateTime(text);
  if (!Number.isNaN(parsed.offset)) {
    throw new RangeError(`${describeValue(text)} has a time zone, which a timestamp cannot store`);
  }
  return microsecondsOfLocal(parsed);
}

/** Of a text without a time zone. */
function microsecondsOfLocal({ days, time }: DateTimeText): number | bigint {
  return checkedTimestamp(days, Number.isNaN(time) ? 0 : time);
}

function momentOf(value: TimestamptzValue): number | bigint {
  if (isDate(value)) {
    return microsecondsOf(value);
  }
  const infinity = infinityValue(value, TIMESTAMP_INFINITIES);
  if (infinity !== undefined) {
    return infinity;
  }
  if (typeof value === "string") {
    return momentOfText(value);
  }
  const temporal = temporalClass(value);
  if (temporal === "Temporal.Instant" || temporal === "Temporal.ZonedDateTime") {
    return microsecondsOfInstant(value);
  }
  throw wrongKind("a timestamp string, a Date, a Temporal.Instant or a ZonedDateTime", value);
}

function momentOfText(value: string): number | bigint {
  const parsed = parseDateTime(value);
  if (Number.isNaN(parsed.time)) {
    throw new RangeError(`${describeValue(value)} must have a time and a time zone, such as Z`);
  }
  if (Number.isNaN(parsed.offset)) {
    throw new RangeError(
      `${describeValue(value)} must have a time zone, because that of the session is not used: append Z for UTC, or an offset such as +01:00`,
    );
  }
  return microsecondsOfMoment(parsed);
}

/** Of a text with a time and a time zone. */
function microsecondsOfMoment({ days, time, offset }: DateTimeText): number | bigint {
  return checkedTimestamp(days, time - offset * 1_000_000);
}

/** The text of a string, or of a Temporal object of the class that the column accepts. */
function textOf(
  value: string | { toString(options?: object): string },
  fits: string,
  kinds: string,
): string {
  if (typeof value === "string") {
    return value;
  }
  if (temporalClass(value) === fits) {
    return value.toString({ calendarName: "never" });
  }
  throw wrongKind(kinds, value);
}

/**
 * Checks for strings and the class first, which is fast; a Date of another realm has another class.
 */
function isDate(value: unknown): value is Date {
  return typeof value !== "string" && (value instanceof Date || types.isDate(value));
}

function checkedTime(value: Date): number {
  const time = value.getTime();
  if (Number.isNaN(time)) {
    throw new RangeError("the Date is invalid");
  }
  return time;
}

function checkedDay(days: number): number {
  if (days < FIRST_DAY || days > LAST_DAY) {
    throw new RangeError("the date is out of range (4714-11-24 BC to 5874897-12-31)");
  }
  return days;
}

function microsecondsOf(value: Date): number | bigint {
  const milliseconds = checkedTime(value) - EPOCH_MS;
  const days = Math.floor(milliseconds / MS_PER_DAY);
  return checkedTimestamp(days, (milliseconds - days * MS_PER_DAY) * 1000);
}

function microsecondsOfInstant({ epochNanoseconds }: TemporalInstant): bigint {
  if (epochNanoseconds % 1000n !== 0n) {
    throw new RangeError(
      'the value is more precise than a microsecond: round it with .round("microsecond")',
    );
  }
  return checkedRange(epochNanoseconds / 1000n - BigInt(EPOCH_MS) * 1000n);
}

/** Microseconds since 2000-01-01: a number if it is safe (1715 to 2285), otherwise a bigint. */
function checkedTimestamp(days: number, time: number): number | bigint {
  const microseconds = days * US_PER_DAY + time;
  return Number.isSafeInteger(microseconds)
    ? microseconds
    : checkedRange(BigInt(days) * BigInt(US_PER_DAY) + BigInt(time));
}

function checkedRange(microseconds: bigint): bigint {
  if (microseconds < FIRST_TIMESTAMP || microseconds >= END_OF_TIMESTAMPS) {
    throw new RangeError("the timestamp is out of range (4714-11-24 BC to 294276-12-31)");
  }
  return microseconds;
}

/** The value for the name of an infinity, or for the number that node-postgres reads for it. */
function infinityValue<N>(value: unknown, { positive, negative }: Infinities<N>): N | undefined {
  if (value === "infinity" || value === Infinity) {
    return positive;
  }
  return value === "-infinity" || value === -Infinity ? negative : undefined;
}

function infinityName<N>(value: N, { positive, negative }: Infinities<N>): string | undefined {
  if (value === positive) {
    return "infinity";
  }
  return value === negative ? "-infinity" : undefined;
}

/** The text of a timestamp with microseconds, because a `Date` would lose three digits. */
function readTimestamp(input: ByteReader, zone: string): string {
  const value = input.int64();
  const name = infinityName(value, TIMESTAMP_INFINITIES);
  if (name !== undefined) {
    return name;
  }
  const perDay = BigInt(US_PER_DAY);
  const time = ((value % perDay) + perDay) % perDay;
  const days = Number((value - time) / perDay);
  return `${formatDay(civilFromDays(days))}T${formatTime(Number(time))}${zone}`;
}
