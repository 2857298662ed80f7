import fc, { type Arbitrary } from "fast-check";

import { time, timetz } from "../../../../dist/codecs/datetime/time.js";
import type { TypeSamples } from "../../type-sample.js";

const plainTime = {
  [Symbol.toStringTag]: "Temporal.PlainTime",
  toString: () => "08:39:41.123456",
};
const finePlainTime = {
  [Symbol.toStringTag]: "Temporal.PlainTime",
  toString: () => "08:39:41.123456789",
};

/** Microseconds of the day as `HH:MM:SS.ffffff`, with all their digits. */
export function clock(microseconds: number): string {
  const pad = (value: number, digits: number): string => String(value).padStart(digits, "0");
  const seconds = Math.floor(microseconds / 1e6);
  const [hour, minute] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return `${pad(hour, 2)}:${pad(minute, 2)}:${pad(seconds % 60, 2)}.${pad(microseconds % 1e6, 6)}`;
}

/** An offset in seconds as `±HH`, `±HH:MM` or `±HH:MM:SS`, whichever is the shortest. */
export function offsetText(offset: number): string {
  const text = clock(Math.abs(offset) * 1e6).slice(0, 8);
  const short = text.endsWith("00:00") ? text.slice(0, 2) : text.replace(/:00$/, "");
  return (offset < 0 ? "-" : "+") + short;
}

/** Times of the day, many of them at its ends, of `step` microseconds. */
function timesOfDay(step: number): Arbitrary<number> {
  return fc.integer({ min: 0, max: 86_400_000_000 / step }).map((count) => count * step);
}

const zones = fc.oneof(
  fc.integer({ min: -15, max: 15 }).map((hours) => hours * 3600),
  fc.integer({ min: -959, max: 959 }).map((minutes) => minutes * 60),
  fc.integer({ min: -57_599, max: 57_599 }),
);

export const timeSamples: readonly TypeSamples[] = [
  {
    type: time,
    accepted: [
      ["08:39:41.123456", "08:39:41.123456"],
      ["08:39", "08:39", "08:39:00"],
      ["08:39:41,5", "08:39:41.5", "08:39:41.5"],
      ["08:39:41.100000000", "08:39:41.1", "08:39:41.1"],
      ["00:00:00", "00:00:00"],
      ["23:59:59.999999", "23:59:59.999999"],
      ["24:00:00", "24:00:00"],
      [plainTime, "08:39:41.123456", "08:39:41.123456"],
    ],
    refused: [
      ["24:00:00.000001", /is not a valid time of day/],
      ["08:60:00", /is not a valid time of day/],
      ["08:00:60", /is not a valid time of day/],
      ["08:39:41.1234567", /more precise than a microsecond/],
      [finePlainTime, /more precise than a microsecond/],
      ["08:39:41Z", /has a time zone/],
      ["8:39", /not a valid ISO 8601 time/],
      ["08", /not a valid ISO 8601 time/],
      [`08:39:41.${"0".repeat(1_000_000)}1`, /more precise than a microsecond/],
      ["infinity", /not a valid ISO 8601 time/],
      [31_181, /expected a time string or a Temporal.PlainTime, got 31181/],
      [new Date(0), /expected a time string/],
    ],
    generated: timesOfDay(1).map((value) => [clock(value), clock(value)] as const),
  },
  {
    type: time(3),
    accepted: [
      ["08:39:41.123", "08:39:41.123"],
      ["08:39:41.123000", "08:39:41.123", "08:39:41.123"],
      ["24:00:00", "24:00:00"],
    ],
    refused: [
      ["08:39:41.1234", /more than 3 decimal places of a second/],
      [plainTime, /decimal places of a second, which the column would round/],
    ],
    generated: timesOfDay(1000).map((value) => [clock(value), clock(value)] as const),
  },
  {
    type: timetz,
    accepted: [
      ["08:39:41.123456+02", "08:39:41.123456+02"],
      ["08:39Z", "08:39+00", "08:39:00+00"],
      ["08:39:41 -0730", "08:39:41-07:30", "08:39:41-07:30"],
      ["08:39:41+07:30:00", "08:39:41+07:30", "08:39:41+07:30"],
      ["08:39:41+00:00:15", "08:39:41+00:00:15"],
      ["24:00:00+15:59:59", "24:00:00+15:59:59"],
      ["00:00:00-15:59:59", "00:00:00-15:59:59"],
    ],
    refused: [
      ["08:39:41", /must have a time zone, such as Z/],
      ["08:39:41+16", /time zone that is out of range/],
      ["08:39:41+01:60", /time zone that is out of range/],
      ["08:39:41 Europe/Berlin", /not a valid ISO 8601 time/],
      [plainTime, /expected a time string with a time zone/],
    ],
    generated: fc.tuple(timesOfDay(1), zones).map(([value, zone]) => {
      const text = clock(value) + offsetText(zone);
      return [text, text] as const;
    }),
  },
  {
    type: timetz(0),
    accepted: [["08:39:41+02", "08:39:41+02"]],
    refused: [["08:39:41.1+02", /more than 0 decimal places of a second/]],
    generated: fc.tuple(timesOfDay(1_000_000), zones).map(([value, zone]) => {
      const text = clock(value) + offsetText(zone);
      return [text, text] as const;
    }),
  },
];
