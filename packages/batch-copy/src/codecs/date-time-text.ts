import { daysFromCivil, isDay } from "./calendar.js";
import { describeValue } from "./describe-value.js";

/** What a date, or a date and time, says in text. */
export interface DateTimeText {
  /** Days since 2000-01-01. */
  readonly days: number;
  /** Microseconds of the day, or undefined for a date alone. */
  readonly time: number | undefined;
  /** Seconds east of UTC, or undefined where the text names no zone. */
  readonly offset: number | undefined;
}

/**
 * ISO 8601, with a space for the `T` as PostgreSQL prints it, and with its ` BC`. One year before
 * 1 AD is `0001-… BC` for PostgreSQL and `0000-…` for ISO 8601.
 */
const DATE_TIME =
  /^([+-]?\d{4,7})-(\d\d)-(\d\d)(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?)?(?: ?([Zz]|[+-]\d\d(?::?\d\d(?::?\d\d)?)?))?( BC)?$/;

/** Reads the text, or throws a RangeError that says what is wrong with it. */
export function parseDateTime(text: string): DateTimeText {
  const match = DATE_TIME.exec(text);
  if (match === null) {
    throw new RangeError(`${describeValue(text)} is not an ISO 8601 date or time`);
  }
  const [, year, month, day, hour, minute, second, fraction, zone, bc] = match;
  const written = { year: Number(year), month: Number(month), day: Number(day) };
  const date = bc === undefined ? written : { ...written, year: 1 - written.year };
  if (!isDay(date) || (bc !== undefined && written.year < 1)) {
    throw new RangeError(`${describeValue(text)} is no day of the calendar`);
  }
  const hasTime = hour !== undefined;
  return {
    days: daysFromCivil(date),
    time: hasTime ? timeOfDay(text, Number(hour), Number(minute), second, fraction) : undefined,
    offset: zone === undefined ? undefined : zoneOffset(text, zone),
  };
}

const MICROSECOND_DIGITS = 6;

function timeOfDay(
  text: string,
  hour: number,
  minute: number,
  second = "0",
  fraction = "",
): number {
  if (/[^0]/.test(fraction.slice(MICROSECOND_DIGITS))) {
    throw new RangeError(`${describeValue(text)} is finer than a microsecond`);
  }
  const microseconds = Number(
    fraction.slice(0, MICROSECOND_DIGITS).padEnd(MICROSECOND_DIGITS, "0"),
  );
  const time = ((hour * 60 + minute) * 60 + Number(second)) * 1_000_000 + microseconds;
  // 24:00:00, the end of the day, is the only time with hour 24 (as for PostgreSQL).
  if (minute > 59 || Number(second) > 59 || time > 86_400_000_000) {
    throw new RangeError(`${describeValue(text)} is no time of the day`);
  }
  return time;
}

function zoneOffset(text: string, zone: string): number {
  if (zone === "Z" || zone === "z") {
    return 0;
  }
  const digits = zone.slice(1).replaceAll(":", "").padEnd(6, "0");
  const hours = Number(digits.slice(0, 2));
  const minutes = Number(digits.slice(2, 4));
  const seconds = Number(digits.slice(4, 6));
  // MAX_TZDISP_HOUR in src/include/datatype/timestamp.h.
  if (hours > 15 || minutes > 59 || seconds > 59) {
    throw new RangeError(`${describeValue(text)} has a time zone out of range`);
  }
  const offset = (hours * 60 + minutes) * 60 + seconds;
  return zone.startsWith("-") ? -offset : offset;
}
