const US_PER_DAY = 86_400_000_000;
const DAYS_PER_ERA = 146_097;

/** The date that is `days` after 1970-01-01, as PostgreSQL prints it. */
export function dateText(days: number): string {
  const { date, era } = calendarDate(days);
  return date + era;
}

/** The timestamp that is so much after 1970-01-01 00:00:00, as PostgreSQL prints it. */
export function timestampText({ microseconds, nanoseconds }: Instant, zone: "" | "+00"): string {
  const { days, time } = splitDay(microseconds);
  const { date, era } = calendarDate(days);
  return `${date} ${clock(time, nanoseconds)}${zone}${era}`;
}

/**
 * The time of day, as PostgreSQL prints it.
 *
 * @throws RangeError if it is not within a day; 24:00:00 is
 */
export function timeText({ microseconds, nanoseconds }: Instant): string {
  if (microseconds < 0n || microseconds > US_PER_DAY) {
    throw new RangeError(`${microseconds} microseconds are not a time of day`);
  }
  return clock(Number(microseconds), nanoseconds);
}

/** A number of microseconds, and what there is beyond: 0 to 999 nanoseconds. */
export interface Instant {
  readonly microseconds: bigint;
  readonly nanoseconds: number;
}

/** The instant of a number in a unit of Parquet. */
export function instantOf(count: bigint, unit: "MILLIS" | "MICROS" | "NANOS"): Instant {
  if (unit !== "NANOS") {
    return { microseconds: unit === "MILLIS" ? count * 1000n : count, nanoseconds: 0 };
  }
  const beyond = ((count % 1000n) + 1000n) % 1000n;
  return { microseconds: (count - beyond) / 1000n, nanoseconds: Number(beyond) };
}

function splitDay(microseconds: bigint): { days: number; time: number } {
  const exact = Number(microseconds);
  if (Number.isSafeInteger(exact)) {
    const days = Math.floor(exact / US_PER_DAY);
    return { days, time: exact - days * US_PER_DAY };
  }
  const perDay = BigInt(US_PER_DAY);
  const time = ((microseconds % perDay) + perDay) % perDay;
  return { days: Number((microseconds - time) / perDay), time: Number(time) };
}

/** Years start in March, so that the leap day is the last day of the year. */
function calendarDate(days: number): { date: string; era: "" | " BC" } {
  // 1970-01-01 is day 719468 of the era of 400 years that starts at 0000-03-01.
  const shifted = days + 719_468;
  const era = Math.floor(shifted / DAYS_PER_ERA);
  const dayOfEra = shifted - era * DAYS_PER_ERA;
  const leapDays =
    Math.floor(dayOfEra / 1460) - Math.floor(dayOfEra / 36_524) + Math.floor(dayOfEra / 146_096);
  const yearOfEra = Math.floor((dayOfEra - leapDays) / 365);
  const dayOfYear =
    dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
  const day = dayOfYear - Math.floor((153 * marchMonth + 2) / 5) + 1;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  const shownYear = String(year > 0 ? year : 1 - year).padStart(4, "0");
  return { date: `${shownYear}-${twoDigits(month)}-${twoDigits(day)}`, era: year > 0 ? "" : " BC" };
}

function clock(microseconds: number, nanoseconds: number): string {
  const seconds = Math.floor(microseconds / 1_000_000);
  const fraction = microseconds - seconds * 1_000_000;
  const minutes = Math.floor(seconds / 60);
  const text = `${twoDigits(Math.floor(minutes / 60))}:${twoDigits(minutes % 60)}:${twoDigits(seconds % 60)}`;
  if (fraction === 0 && nanoseconds === 0) {
    return text;
  }
  const beyond = nanoseconds === 0 ? "" : String(nanoseconds).padStart(3, "0");
  return `${text}.${(String(fraction).padStart(6, "0") + beyond).replace(/0+$/, "")}`;
}

function twoDigits(value: number): string {
  return value < 10 ? `0${value}` : String(value);
}
