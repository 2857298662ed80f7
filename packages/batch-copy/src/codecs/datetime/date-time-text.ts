import { describeValue } from "../describe-value.js";
import { daysFromCivil, isDay } from "./calendar.js";
import { timeOfDay, zoneOffset } from "./time-of-day.js";

/** The parts of the text of a date, or of a date and time. */
export interface DateTimeText {
  /** Days since 2000-01-01. */
  readonly days: number;
  /** Microseconds of the day, or undefined for a date without a time. */
  readonly time: number | undefined;
  /** Seconds east of UTC, or undefined if the text has no time zone. */
  readonly offset: number | undefined;
}

/**
 * ISO 8601, also with a space instead of the `T` and with ` BC`, as PostgreSQL prints it. The year
 * before 1 AD is `0001-… BC` for PostgreSQL and `0000-…` for ISO 8601.
 */
const DATE_TIME =
  /^([+-]?\d{4,7})-(\d\d)-(\d\d)(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?)?(?: ?([Zz]|[+-]\d\d(?::?\d\d(?::?\d\d)?)?))?( BC)?$/;

/** Reads the text, or throws a RangeError with the problem. */
export function parseDateTime(text: string): DateTimeText {
  return scanCommonShape(text) ?? parseAnyShape(text);
}

function parseAnyShape(text: string): DateTimeText {
  const match = DATE_TIME.exec(text);
  if (match === null) {
    throw new RangeError(`${describeValue(text)} is not a valid ISO 8601 date or time`);
  }
  const [, year, month, day, hour, minute, second, fraction, zone, bc] = match;
  const written = { year: Number(year), month: Number(month), day: Number(day) };
  const date = bc === undefined ? written : { ...written, year: 1 - written.year };
  if (!isDay(date) || (bc !== undefined && written.year < 1)) {
    throw new RangeError(`${describeValue(text)} is not a valid date`);
  }
  const hasTime = hour !== undefined && minute !== undefined;
  return {
    days: daysFromCivil(date),
    time: hasTime ? timeOfDay(text, hour, minute, second, fraction) : undefined,
    offset: zone === undefined ? undefined : zoneOffset(text, zone),
  };
}

const HYPHEN = 45;
const PLUS = 43;
const POINT = 46;
const COLON = 58;
const SPACE = 32;
const CAPITAL_T = 84;
const CAPITAL_Z = 90;
const ZERO = 48;
/**
 * The position after the sixth digit of the fraction, and the microseconds of the last digit by its
 * position.
 */
const FRACTION_END = 26;
const FRACTION_UNITS = [1, 10, 100, 1000, 10_000, 100_000];

/**
 * Reads `YYYY-MM-DD`, alone or with `[T ]HH:MM:SS[.ffffff]` and `Z`, `±hh` or `±hh:mm`, about ten
 * times as fast as the regular expression. It returns undefined for any other text and for any
 * error, which {@link parseAnyShape} then handles.
 */
function scanCommonShape(text: string): DateTimeText | undefined {
  const century = digitPair(text, 0);
  const yearOfCentury = digitPair(text, 2);
  const month = digitPair(text, 5);
  const day = digitPair(text, 8);
  if ((century | yearOfCentury | month | day) < 0 || !isAt(text, 4, HYPHEN, 7, HYPHEN)) {
    return undefined;
  }
  const date = { year: century * 100 + yearOfCentury, month, day };
  if (!isDay(date)) {
    return undefined;
  }
  const days = daysFromCivil(date);
  return text.length === 10
    ? { days, time: undefined, offset: undefined }
    : scanTimeAndZone(text, days);
}

function scanTimeAndZone(text: string, days: number): DateTimeText | undefined {
  const separator = text.charCodeAt(10);
  const hour = digitPair(text, 11);
  const minute = digitPair(text, 14);
  const second = digitPair(text, 17);
  const isTime = (hour | minute | second) >= 0 && hour < 24 && minute < 60 && second < 60;
  const isSeparated = separator === CAPITAL_T || separator === SPACE;
  if (!isTime || !isSeparated || !isAt(text, 13, COLON, 16, COLON)) {
    return undefined;
  }
  let end = 19;
  let fraction = 0;
  if (text.charCodeAt(end) === POINT) {
    for (end++; end < FRACTION_END; end++) {
      const digit = text.charCodeAt(end) - ZERO;
      if (!(digit >= 0 && digit <= 9)) {
        break;
      }
      fraction = fraction * 10 + digit;
    }
    if (end === 20) {
      return undefined;
    }
    fraction *= FRACTION_UNITS[FRACTION_END - end]!;
  }
  const time = ((hour * 60 + minute) * 60 + second) * 1_000_000 + fraction;
  if (end === text.length) {
    return { days, time, offset: undefined };
  }
  const offset = scanZone(text, end);
  return offset === undefined ? undefined : { days, time, offset };
}

function scanZone(text: string, at: number): number | undefined {
  const sign = text.charCodeAt(at);
  const length = text.length - at;
  if (sign === CAPITAL_Z) {
    return length === 1 ? 0 : undefined;
  }
  const hours = digitPair(text, at + 1);
  const minutes = length === 3 ? 0 : digitPair(text, at + 4);
  const isShape = length === 3 || (length === 6 && text.charCodeAt(at + 3) === COLON);
  if (!isShape || (hours | minutes) < 0 || hours > 15 || minutes > 59) {
    return undefined;
  }
  const offset = (hours * 60 + minutes) * 60;
  if (sign === PLUS) {
    return offset;
  }
  return sign === HYPHEN ? -offset : undefined;
}

/** The number of two digits, or -1. */
function digitPair(text: string, at: number): number {
  const tens = text.charCodeAt(at) - ZERO;
  const ones = text.charCodeAt(at + 1) - ZERO;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : -1;
}

function isAt(text: string, at: number, unit: number, later: number, laterUnit: number): boolean {
  return text.charCodeAt(at) === unit && text.charCodeAt(later) === laterUnit;
}
