import { describeValue } from "../describe-value.js";
import { twoDigits } from "./calendar.js";

const US_PER_SECOND = 1_000_000;
const US_PER_DAY = 86_400_000_000;
const MICROSECOND_DIGITS = 6;

/** The decimal places of a second as microseconds, or a RangeError if that would round. */
function fractionToMicroseconds(text: string, fraction: string): number {
  if (/[^0]/.test(fraction.slice(MICROSECOND_DIGITS))) {
    throw new RangeError(`${describeValue(text)} is more precise than a microsecond`);
  }
  return Number(fraction.slice(0, MICROSECOND_DIGITS).padEnd(MICROSECOND_DIGITS, "0"));
}

/** The microseconds of the day from digits; `text` is for the error. */
export function timeOfDay(
  text: string,
  hour: string,
  minute: string,
  second = "0",
  fraction = "",
): number {
  const minutes = Number(hour) * 60 + Number(minute);
  const microseconds =
    (minutes * 60 + Number(second)) * US_PER_SECOND + fractionToMicroseconds(text, fraction);
  // 24:00:00, the end of the day, is the only time with hour 24 (as for PostgreSQL).
  if (Number(minute) > 59 || Number(second) > 59 || microseconds > US_PER_DAY) {
    throw new RangeError(`${describeValue(text)} is not a valid time of day`);
  }
  return microseconds;
}

/** A zone such as `Z`, `+01`, `-0730` or `+01:00:30` as seconds east of UTC. */
export function zoneOffset(text: string, zone: string): number {
  if (zone === "Z" || zone === "z") {
    return 0;
  }
  const digits = zone.slice(1).replaceAll(":", "").padEnd(6, "0");
  const hours = Number(digits.slice(0, 2));
  const minutes = Number(digits.slice(2, 4));
  const seconds = Number(digits.slice(4, 6));
  // MAX_TZDISP_HOUR in src/include/datatype/timestamp.h.
  if (hours > 15 || minutes > 59 || seconds > 59) {
    throw new RangeError(`${describeValue(text)} has a time zone that is out of range`);
  }
  const offset = (hours * 60 + minutes) * 60 + seconds;
  return zone.startsWith("-") ? -offset : offset;
}

/** `08:39:41.5`, with microseconds and without trailing zeros. */
export function formatTime(microseconds: number): string {
  const clock = formatClock(Math.floor(microseconds / US_PER_SECOND));
  const fraction = String(microseconds % US_PER_SECOND)
    .padStart(MICROSECOND_DIGITS, "0")
    .replace(/0+$/, "");
  return fraction === "" ? clock : `${clock}.${fraction}`;
}

/** `+01`, `-07:30` or `+01:00:30`, as PostgreSQL prints it. */
export function formatOffset(offset: number): string {
  const clock = formatClock(Math.abs(offset)).replace(/(?<=^..)(:00)+$|(?<=^.....):00$/, "");
  return (offset < 0 ? "-" : "+") + clock;
}

function formatClock(seconds: number): string {
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return parts.map(twoDigits).join(":");
}
