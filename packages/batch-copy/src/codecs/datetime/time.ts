import { columnType, type ColumnType } from "../column-type.js";
import { describeValue, wrongKind } from "../describe-value.js";
import { parameterizedType, type ParameterizedType } from "../parameterized-type.js";
import {
  checkPrecision,
  MICROSECONDS,
  secondPrecision,
  type SecondPrecision,
} from "./second-precision.js";
import { temporalClass, type TemporalPlainTime } from "./temporal.js";
import { formatOffset, formatTime, timeOfDay, zoneOffset } from "./time-of-day.js";

/**
 * `time`: `"08:39:41.123456"`, `"08:39"`, up to `"24:00:00"`, or a `Temporal.PlainTime`. A string
 * with a time zone is an error, and so is a value with more decimal places of a second than a
 * `time(precision)` has, because nothing is rounded. Decodes to a string.
 */
export const time: ParameterizedType<string | TemporalPlainTime, [precision: number]> =
  parameterizedType(timeType(MICROSECONDS), (precision) =>
    timeType(secondPrecision("time", precision)),
  );

/**
 * `timetz`: a string with a time zone, `"08:39:41.123456+02"`, `"08:39Z"`, `"08:39:41-07:30:15"`. A
 * string without a time zone is an error, because the server would use that of its session; so is a
 * value with more decimal places of a second than a `timetz(precision)` has. Decodes to a string.
 */
export const timetz: ParameterizedType<string, [precision: number]> = parameterizedType(
  timetzType(MICROSECONDS),
  (precision) => timetzType(secondPrecision("timetz", precision)),
);

function timeType(precision: SecondPrecision): ColumnType<string | TemporalPlainTime> {
  return columnType(`time${precision.suffix}`, {
    sql: `time${precision.suffix} without time zone`,
    encode(value, out) {
      const { microseconds, zone } = parseTime(textOf(value));
      if (zone !== undefined) {
        throw new RangeError(`${describeValue(value)} has a time zone, which a time cannot store`);
      }
      checkPrecision(microseconds, precision);
      out.int64(microseconds);
    },
    decode: (input) => formatTime(Number(input.int64())),
  });
}

/** In binary the zone is in seconds west of UTC (`timetz_send` in src/backend/utils/adt/date.c). */
function timetzType(precision: SecondPrecision): ColumnType<string> {
  return columnType(`timetz${precision.suffix}`, {
    sql: `time${precision.suffix} with time zone`,
    encode(value, out) {
      if (typeof value !== "string") {
        throw wrongKind("a time string with a time zone", value);
      }
      const { microseconds, zone } = parseTime(value);
      if (zone === undefined) {
        throw new RangeError(`${describeValue(value)} must have a time zone, such as Z`);
      }
      checkPrecision(microseconds, precision);
      out.int64(microseconds);
      out.int32(-zoneOffset(value, zone));
    },
    decode: (input) => formatTime(Number(input.int64())) + formatOffset(-input.int32()),
  });
}

function textOf(value: string | TemporalPlainTime): string {
  if (typeof value === "string") {
    return value;
  }
  if (temporalClass(value) === "Temporal.PlainTime") {
    return value.toString();
  }
  throw wrongKind("a time string or a Temporal.PlainTime", value);
}

const TIME =
  /^(\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?(?: ?([Zz]|[+-]\d\d(?::?\d\d(?::?\d\d)?)?))?$/;

function parseTime(text: string): {
  readonly microseconds: number;
  readonly zone: string | undefined;
} {
  const match = TIME.exec(text);
  if (match === null) {
    throw new RangeError(`${describeValue(text)} is not a valid ISO 8601 time`);
  }
  const [, hour = "", minute = "", second, fraction, zone] = match;
  return { microseconds: timeOfDay(text, hour, minute, second, fraction), zone };
}
