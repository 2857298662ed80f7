/** A day of the proleptic Gregorian calendar; year 0 is 1 BC. */
export interface Day {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

/** Days from 1970-01-01 to 2000-01-01, the epoch of PostgreSQL. */
const EPOCH_SHIFT = 10_957;
const DAYS_PER_ERA = 146_097;
const YEARS_PER_ERA = 400;

/**
 * Days since 2000-01-01. Years start in March, so that the leap day is the last day of the year.
 */
export function daysFromCivil({ year, month, day }: Day): number {
  const marchYear = month <= 2 ? year - 1 : year;
  const era = Math.floor(marchYear / YEARS_PER_ERA);
  const yearOfEra = marchYear - era * YEARS_PER_ERA;
  // None of these is negative, so that integer division rounds down; it is several times as fast.
  const dayOfYear = (((153 * ((month + 9) % 12) + 2) / 5) | 0) + day - 1;
  const dayOfEra = yearOfEra * 365 + (yearOfEra >> 2) - ((yearOfEra / 100) | 0) + dayOfYear;
  // 1970-01-01 is day 719468 of the era that starts at 0000-03-01.
  return era * DAYS_PER_ERA + dayOfEra - 719_468 - EPOCH_SHIFT;
}

/** The inverse of {@link daysFromCivil}. */
export function civilFromDays(days: number): Day {
  const shifted = days + EPOCH_SHIFT + 719_468;
  const era = Math.floor(shifted / DAYS_PER_ERA);
  const dayOfEra = shifted - era * DAYS_PER_ERA;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear =
    dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
  return {
    year: yearOfEra + era * YEARS_PER_ERA + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * marchMonth + 2) / 5) + 1,
  };
}

/** Whether the day exists. */
export function isDay({ year, month, day }: Day): boolean {
  return month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month);
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) {
    return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  }
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** `YYYY-MM-DD`; years outside 0 to 9999 have a sign and six digits, as in ISO 8601. */
export function formatDay({ year, month, day }: Day): string {
  const digits = String(Math.abs(year));
  const plain = year >= 0 && year <= 9999;
  const shown = plain ? digits.padStart(4, "0") : (year < 0 ? "-" : "+") + digits.padStart(6, "0");
  return `${shown}-${twoDigits(month)}-${twoDigits(day)}`;
}

/** `07` for 7. */
export function twoDigits(value: number): string {
  return String(value).padStart(2, "0");
}
