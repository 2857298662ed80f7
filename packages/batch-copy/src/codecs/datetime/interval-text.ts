import { describeValue } from "../describe-value.js";
import { IntervalSum, type IntervalAmounts, type IntervalUnit } from "./interval-sum.js";

/** The limit of `interval_in` in src/backend/utils/adt/timestamp.c. */
const MAX_LENGTH = 255;

/**
 * Reads an ISO 8601 duration or what PostgreSQL prints with any `intervalstyle`, or throws a
 * RangeError with the problem.
 */
export function parseInterval(text: string): IntervalAmounts {
  try {
    if (text.length > MAX_LENGTH) {
      throw new RangeError(`is longer than ${MAX_LENGTH} characters`);
    }
    return parseDesignators(text) ?? parseDateTimeShape(text) ?? parseFields(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new RangeError(`${describeValue(text)} ${reason}`, { cause: error });
  }
}

const WHOLE = "([+-]?)(\\d+)";
const DECIMAL = `${WHOLE}(?:[.,](\\d+))?`;
/** `P1Y2M3W4DT5H6M7.8S`, with a sign before each number, before the P, or both. */
const DESIGNATORS = new RegExp(
  `^([+-]?)P(?=[+-]?\\d|T)(?:${WHOLE}Y)?(?:${WHOLE}M)?(?:${WHOLE}W)?(?:${WHOLE}D)?` +
    `(?:T(?=[+-]?\\d)(?:${DECIMAL}H)?(?:${DECIMAL}M)?(?:${DECIMAL}S)?)?$`,
);
const DATE_UNITS = ["year", "month", "week", "day"] as const;
const TIME_UNITS = ["hour", "minute", "second"] as const;

function parseDesignators(text: string): IntervalAmounts | undefined {
  const match = DESIGNATORS.exec(text);
  if (match === null) {
    return undefined;
  }
  const sum = new IntervalSum();
  let group = 2;
  for (const unit of DATE_UNITS) {
    addIfThere(sum, unit, match[group], match[group + 1]);
    group += 2;
  }
  for (const unit of TIME_UNITS) {
    addIfThere(sum, unit, match[group], match[group + 1], match[group + 2]);
    group += 3;
  }
  return sum.amounts(match[1] === "-");
}

function addIfThere(
  sum: IntervalSum,
  unit: IntervalUnit,
  sign: string | undefined,
  integer: string | undefined,
  fraction?: string,
): void {
  if (integer !== undefined) {
    sum.add(unit, sign === "-", integer, fraction);
  }
}

/** The other format of ISO 8601, `P0001-02-03T04:05:06`. */
const DATE_TIME_SHAPE = /^P(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d):(\d\d)(?:[.,](\d+))?)?$/;

function parseDateTimeShape(text: string): IntervalAmounts | undefined {
  const match = DATE_TIME_SHAPE.exec(text);
  if (match === null) {
    return undefined;
  }
  const [, year, month, day, hour, minute, second, fraction] = match;
  const sum = new IntervalSum();
  addIfThere(sum, "year", "", year);
  addIfThere(sum, "month", "", month);
  addIfThere(sum, "day", "", day);
  addIfThere(sum, "hour", "", hour);
  addIfThere(sum, "minute", "", minute);
  addIfThere(sum, "second", "", second, fraction);
  return sum.amounts(false);
}

const UNITS: ReadonlyMap<string, IntervalUnit> = new Map(
  Object.entries({
    millennium: ["millennium", "millennia", "mil", "mils"],
    century: ["century", "centuries", "cent"],
    decade: ["decade", "decades", "dec", "decs"],
    year: ["year", "years", "yr", "yrs", "y"],
    month: ["month", "months", "mon", "mons"],
    week: ["week", "weeks", "w"],
    day: ["day", "days", "d"],
    hour: ["hour", "hours", "hr", "hrs", "h"],
    minute: ["minute", "minutes", "min", "mins"],
    second: ["second", "seconds", "sec", "secs", "s"],
    millisecond: ["millisecond", "milliseconds", "msec", "msecs", "ms"],
    microsecond: ["microsecond", "microseconds", "usec", "usecs", "us"],
  }).flatMap(([unit, names]) => names.map((name) => [name, unit as IntervalUnit] as const)),
);

const VERBOSE = /^(@ )?(.*?)( ago)?$/i;
/** `-04:05:06.789`, `+1-2` (years and months), `3 mons`, `1.5hours`, or `3` (days, before a time). */
const FIELD =
  /([+-]?)(?:(\d+):(\d\d)(?::(\d\d)(?:\.(\d+))?)?|(\d+)-(\d+)|(\d+)(?:\.(\d+))? ?([a-z]+)|(\d+)(?= [+-]?\d+:))(?: +|$)/iy;

/** The styles `postgres`, `postgres_verbose` and `sql_standard`, and common variants. */
function parseFields(text: string): IntervalAmounts {
  const [, , body = "", ago] = VERBOSE.exec(text) ?? [];
  const sum = new IntervalSum();
  if (body === "0") {
    return sum.amounts(false);
  }
  const signs: string[] = [];
  for (let at = 0; at < body.length; at = FIELD.lastIndex) {
    FIELD.lastIndex = at;
    const match = FIELD.exec(body);
    if (match === null) {
      throw notAnInterval();
    }
    addField(sum, match);
    signs.push(match[1] ?? "");
  }
  if (signs.length === 0) {
    throw notAnInterval();
  }
  checkSigns(signs);
  return sum.amounts(ago !== undefined);
}

function addField(sum: IntervalSum, match: RegExpExecArray): void {
  const [, sign, hour, minute, second, fraction, year, month, count, decimals, name, days] = match;
  if (name !== undefined) {
    const unit = UNITS.get(name.toLowerCase());
    if (unit === undefined) {
      throw notAnInterval();
    }
    addIfThere(sum, unit, sign, count, decimals);
  } else if (hour !== undefined) {
    checkBelow("minutes", 60, minute);
    checkBelow("seconds", 60, second);
    addIfThere(sum, "hour", sign, hour);
    addIfThere(sum, "minute", sign, minute);
    addIfThere(sum, "second", sign, second ?? "0", fraction);
  } else {
    checkBelow("months", 12, month);
    addIfThere(sum, "year", sign, year);
    addIfThere(sum, "month", sign, month);
    addIfThere(sum, "day", sign, days);
  }
}

function checkBelow(name: string, limit: number, digits = "0"): void {
  if (Number(digits) >= limit) {
    throw new RangeError(`has ${digits} ${name}, more than ${limit - 1}`);
  }
}

/**
 * `-1 day 02:00:00` is minus one day and plus two hours, or minus both if `intervalstyle` is
 * `sql_standard` (`DecodeInterval` in src/backend/utils/adt/datetime.c). A sign before another
 * field makes it unambiguous.
 */
function checkSigns([first, ...others]: readonly string[]): void {
  if (first === "-" && others.length > 0 && others.every((sign) => sign === "")) {
    throw new RangeError("is ambiguous: give each field a sign");
  }
}

function notAnInterval(): Error {
  return new RangeError("is not a valid interval");
}
