import fc, { type Arbitrary } from "fast-check";

import { date, timestamp, timestamptz } from "../../../../dist/codecs/datetime/date-time.js";
import type { TypeSamples } from "../../type-sample.js";
import { clock, offsetText } from "./time.js";

const MS_PER_DAY = 86_400_000;
const US_PER_DAY = 86_400_000_000;
/** The years that a `Date` can tell us the calendar of, less a day for time zones. */
const FIRST_MS = Date.UTC(-4713, 10, 25);
const LAST_MS = 8.64e15 - MS_PER_DAY;

/** A moment: days since 1970 and microseconds of the day. */
interface Moment {
  readonly days: number;
  readonly microseconds: number;
}

function moments(step: number): Arbitrary<Moment> {
  const common = { min: Date.UTC(1, 0, 1) / MS_PER_DAY, max: Date.UTC(9999, 11, 31) / MS_PER_DAY };
  const days = fc.oneof(
    fc.integer({ min: 0, max: 20_000 }),
    fc.integer({ min: Math.ceil(common.min), max: common.max }),
    fc.integer({ min: FIRST_MS / MS_PER_DAY, max: LAST_MS / MS_PER_DAY }),
  );
  const microseconds = fc
    .integer({ min: 0, max: US_PER_DAY / step - 1 })
    .map((count) => count * step);
  return fc.record({ days, microseconds });
}

/** The day as PostgreSQL prints it, ` BC` apart. */
function serverDay(days: number): readonly [text: string, era: string] {
  const day = new Date(days * MS_PER_DAY);
  const year = day.getUTCFullYear();
  const shown = String(year > 0 ? year : 1 - year).padStart(4, "0");
  return [`${shown}${day.toISOString().slice(-20, -14)}`, year > 0 ? "" : " BC"];
}

function isoDay(days: number): string {
  return new Date(days * MS_PER_DAY).toISOString().slice(0, -14);
}

function server({ days, microseconds }: Moment, zone: string): string {
  const [day, era] = serverDay(days);
  return `${day} ${clock(microseconds)}${zone}${era}`;
}

function iso({ days, microseconds }: Moment, zone: string): string {
  return `${isoDay(days)}T${clock(microseconds)}${zone}`;
}

/** The wall clock of a zone that is `offset` seconds east of UTC. */
function shifted({ days, microseconds }: Moment, offset: number): Moment {
  const time = microseconds + offset * 1_000_000;
  const carried = Math.floor(time / US_PER_DAY);
  return { days: days + carried, microseconds: time - carried * US_PER_DAY };
}

function asDate({ days, microseconds }: Moment): Date {
  return new Date(days * MS_PER_DAY + Math.floor(microseconds / 1000));
}

const wholeMilliseconds = ({ days, microseconds }: Moment): Moment => ({
  days,
  microseconds: microseconds - (microseconds % 1000),
});

const offsets = fc.oneof(
  fc.integer({ min: -15, max: 15 }).map((hours) => hours * 3600),
  fc.integer({ min: -959, max: 959 }).map((minutes) => minutes * 60),
  fc.integer({ min: -57_599, max: 57_599 }),
);

function generatedMoments(step: number): Arbitrary<readonly [unknown, string]> {
  const texts = fc
    .tuple(moments(step), offsets, fc.constantFrom(server, iso))
    .map(([moment, offset, form]) => {
      return [form(shifted(moment, offset), offsetText(offset)), server(moment, "+00")] as const;
    });
  const utc = moments(step).map((moment) => [iso(moment, "Z"), server(moment, "+00")] as const);
  const dates = moments(Math.max(step, 1000)).map((moment) => {
    const rounded = wholeMilliseconds(moment);
    return [asDate(rounded), server(rounded, "+00")] as const;
  });
  return fc.oneof(texts, utc, dates);
}

function generatedWallClocks(step: number): Arbitrary<readonly [unknown, string]> {
  const texts = fc
    .tuple(moments(step), fc.constantFrom(server, iso))
    .map(([moment, form]) => [form(moment, ""), server(moment, "")] as const);
  const dates = moments(Math.max(step, 1000)).map((moment) => {
    const rounded = wholeMilliseconds(moment);
    return [asDate(rounded), server(rounded, "")] as const;
  });
  return fc.oneof(texts, dates);
}

const instant = {
  [Symbol.toStringTag]: "Temporal.Instant",
  epochNanoseconds: 1_763_800_781_123_456_000n,
};
const fineInstant = { [Symbol.toStringTag]: "Temporal.Instant", epochNanoseconds: 1001n };
const plainDate = { [Symbol.toStringTag]: "Temporal.PlainDate", toString: () => "2026-11-22" };
const plainDateTime = {
  [Symbol.toStringTag]: "Temporal.PlainDateTime",
  toString: () => "2026-11-22T08:39:41.123456",
};
export const dateTimeSamples: readonly TypeSamples[] = [
  {
    type: date,
    accepted: [
      ["2026-11-22", "2026-11-22"],
      ["2000-02-29", "2000-02-29"],
      ["1999-12-31", "1999-12-31"],
      ["0001-01-01 BC", "0001-01-01 BC", "0000-01-01"],
      ["0000-01-01", "0001-01-01 BC"],
      ["4714-11-24 BC", "4714-11-24 BC", "-004713-11-24"],
      ["-004713-11-24", "4714-11-24 BC"],
      ["5874897-12-31", "5874897-12-31", "+5874897-12-31"],
      [new Date("2026-11-22T00:00:00Z"), "2026-11-22", "2026-11-22"],
      [plainDate, "2026-11-22", "2026-11-22"],
      ["infinity", "infinity"],
      ["-infinity", "-infinity"],
      [Infinity, "infinity", "infinity"],
      [-Infinity, "-infinity", "-infinity"],
    ],
    refused: [
      ["2026-02-29", /is not a valid date/],
      ["1900-02-29", /is not a valid date/],
      ["2026-13-01", /is not a valid date/],
      ["2026-00-10", /is not a valid date/],
      ["2026-01-01T00:00:00", /has a time or a time zone/],
      ["22.11.2026", /not a valid ISO 8601/],
      ["4714-11-23 BC", /out of range/],
      ["5874898-01-01", /out of range/],
      [new Date("2026-11-22T00:00:01Z"), /not at midnight UTC/],
      [new Date(Number.NaN), /Date is invalid/],
      [plainDateTime, /expected a date string/],
      [20261122, /expected a date string, a Date or a Temporal.PlainDate/],
      [Number.NaN, /expected a date string/],
    ],
  },
  {
    type: timestamp,
    accepted: [
      ["2026-11-22T08:39:41.123456", "2026-11-22 08:39:41.123456"],
      ["2026-11-22 08:39", "2026-11-22 08:39:00", "2026-11-22T08:39:00"],
      ["2026-11-22", "2026-11-22 00:00:00", "2026-11-22T00:00:00"],
      ["2026-11-22T24:00:00", "2026-11-23 00:00:00", "2026-11-23T00:00:00"],
      ["1999-12-31T23:59:59.999999", "1999-12-31 23:59:59.999999"],
      ["1500-01-01T00:00:00.000001", "1500-01-01 00:00:00.000001"],
      ["4714-11-24 00:00:00 BC", "4714-11-24 00:00:00 BC", "-004713-11-24T00:00:00"],
      [
        "294276-12-31T23:59:59.999999",
        "294276-12-31 23:59:59.999999",
        "+294276-12-31T23:59:59.999999",
      ],
      [new Date("2026-11-22T08:39:41.123Z"), "2026-11-22 08:39:41.123", "2026-11-22T08:39:41.123"],
      [plainDateTime, "2026-11-22 08:39:41.123456", "2026-11-22T08:39:41.123456"],
      ["infinity", "infinity"],
      ["-infinity", "-infinity"],
      [Infinity, "infinity", "infinity"],
      [-Infinity, "-infinity", "-infinity"],
    ],
    refused: [
      ["2026-11-22T08:39:41Z", /has a time zone/],
      ["2026-11-22T25:00:00", /is not a valid time of day/],
      ["2026-11-22T24:00:01", /is not a valid time of day/],
      ["2026-11-22T08:60:00", /is not a valid time of day/],
      ["2026-11-22T08:00:60", /is not a valid time of day/],
      ["2026-11-22T08:00:00.1234567", /more precise than a microsecond/],
      ["294277-01-01", /out of range/],
      ["4714-11-23 23:59:59.999999 BC", /out of range/],
      [plainDate, /expected a timestamp string/],
      [0, /expected a timestamp string/],
      [Number.NaN, /expected a timestamp string/],
    ],
  },
  {
    type: timestamptz,
    accepted: [
      [
        new Date("2026-11-22T08:39:41.123Z"),
        "2026-11-22T08:39:41.123Z",
        "2026-11-22T08:39:41.123Z",
      ],
      [new Date(8.64e15), "275760-09-13T00:00:00Z", "+275760-09-13T00:00:00Z"],
      [
        new Date("-004000-01-01T00:00:00.001Z"),
        "4001-01-01 00:00:00.001+00 BC",
        "-004000-01-01T00:00:00.001Z",
      ],
      ["2026-11-22T08:39:41.123456Z", "2026-11-22T08:39:41.123456Z"],
      ["2017-05-08 21:38:41+00:00", "2017-05-08 21:38:41+00:00", "2017-05-08T21:38:41Z"],
      ["2017-05-08 21:38:41-0730", "2017-05-09 05:08:41Z", "2017-05-09T05:08:41Z"],
      ["2017-05-08 21:38:41.5+01", "2017-05-08 20:38:41.5Z", "2017-05-08T20:38:41.5Z"],
      ["2017-05-08T21:38:41,25 +01:00:30", "2017-05-08 20:38:11.25Z", "2017-05-08T20:38:11.25Z"],
      [
        "2026-11-22T08:39:41.1234560000Z",
        "2026-11-22T08:39:41.123456Z",
        "2026-11-22T08:39:41.123456Z",
      ],
      [instant, "2025-11-22T08:39:41.123456Z", "2025-11-22T08:39:41.123456Z"],
      ["infinity", "infinity"],
      ["-infinity", "-infinity"],
      [Infinity, "infinity", "infinity"],
      [-Infinity, "-infinity", "-infinity"],
    ],
    refused: [
      ["2026-11-22T08:39:41", /must have a time zone.*append Z/],
      ["2026-11-22", /must have a time and a time zone/],
      ["2026-11-22T08:39:41+16", /time zone that is out of range/],
      ["now", /not a valid ISO 8601/],
      [new Date(Number.NaN), /Date is invalid/],
      [fineInstant, /more precise than a microsecond: round it/],
      [plainDateTime, /expected a timestamp string/],
      [1_763_800_781, /expected a timestamp string, a Date/],
      [Number.NaN, /expected a timestamp string, a Date/],
    ],
  },
  {
    type: date,
    accepted: [
      ["10000-01-01", "10000-01-01", "+010000-01-01"],
      ["0044-03-15 BC", "0044-03-15 BC", "-000043-03-15"],
      ["2000-02-29", "2000-02-29"],
      ["0001-01-01", "0001-01-01"],
    ],
    refused: [
      ["2026-02-30", /is not a valid date/],
      ["2026-1-1", /not a valid ISO 8601/],
      ["2026-01-011", /not a valid ISO 8601/],
      ["0000-01-01 BC", /is not a valid date/],
    ],
    generated: moments(1).chain((moment) => {
      const literal = serverDay(moment.days).join("");
      return fc
        .constantFrom(literal, isoDay(moment.days), new Date(moment.days * MS_PER_DAY))
        .map((value) => [value, literal] as const);
    }),
  },
  {
    type: timestamp,
    accepted: [
      ["2026-11-22 08:39:41.1", "2026-11-22 08:39:41.1", "2026-11-22T08:39:41.1"],
      ["0044-03-15 12:00:00.5 BC", "0044-03-15 12:00:00.5 BC", "-000043-03-15T12:00:00.5"],
      ["10000-01-01 00:00:00", "10000-01-01 00:00:00", "+010000-01-01T00:00:00"],
    ],
    refused: [
      ["2026-11-22 08:39:41.", /not a valid ISO 8601/],
      ["2026-11-22 08:39:41+01", /has a time zone/],
      ["2026-11-22x08:39:41", /not a valid ISO 8601/],
    ],
    generated: generatedWallClocks(1),
  },
  {
    type: timestamp(0),
    accepted: [
      ["2026-11-22T08:39:41", "2026-11-22T08:39:41"],
      [new Date(0), "1970-01-01", "1970-01-01T00:00:00"],
      ["infinity", "infinity"],
      ["4714-11-24 00:00:00 BC", "4714-11-24 00:00:00 BC", "-004713-11-24T00:00:00"],
    ],
    refused: [
      [new Date(1), /more than 0 decimal places of a second/],
      ["2026-11-22T08:39:41.000001", /decimal places of a second, which the column would round/],
      ["294276-12-31T23:59:59.5", /decimal places of a second, which the column would round/],
    ],
    generated: generatedWallClocks(1_000_000),
  },
  {
    type: timestamptz,
    accepted: [
      ["0044-03-15 12:00:00+00 BC", "0044-03-15 12:00:00+00 BC", "-000043-03-15T12:00:00Z"],
      ["0001-12-31 23:30:00-01 BC", "0001-01-01 00:30:00+00", "0001-01-01T00:30:00Z"],
      ["10000-01-01 00:00:00.25+05:30", "9999-12-31 18:30:00.25+00", "9999-12-31T18:30:00.25Z"],
      [
        "294276-12-31 23:59:59.999999+00",
        "294276-12-31 23:59:59.999999+00",
        "+294276-12-31T23:59:59.999999Z",
      ],
      ["1883-11-18 12:03:57-04:56:02", "1883-11-18 16:59:59+00", "1883-11-18T16:59:59Z"],
      ["2026-11-22T08:39:41+15:59", "2026-11-21T16:40:41Z", "2026-11-21T16:40:41Z"],
      ["2026-11-22t08:39Z", "2026-11-22T08:39:00Z", "2026-11-22T08:39:00Z"],
      ["2026-11-22 24:00:00Z", "2026-11-23 00:00:00Z", "2026-11-23T00:00:00Z"],
    ],
    refused: [
      ["2026-11-22T08:39:41.Z", /not a valid ISO 8601/],
      ["2026-11-22T08:39:41ZZ", /not a valid ISO 8601/],
      ["2026-11-22T08:39:41+1", /not a valid ISO 8601/],
      ["2026-11-22T08:39:41+01:0", /not a valid ISO 8601/],
      ["2026-11-22T08:39:41*01", /not a valid ISO 8601/],
      ["2026-11-22T08:39:41+01:60", /time zone that is out of range/],
      ["2026-11-22T08:39:41.1234567Z", /more precise than a microsecond/],
      ["2026-11-22T08:39:41 Europe/Berlin", /not a valid ISO 8601/],
      [`2026-11-22T08:39:41.${"1".repeat(1_000_000)}Z`, /more precise than a microsecond/],
    ],
    generated: generatedMoments(1),
  },
  {
    type: timestamptz(3),
    accepted: [
      [new Date(1), "1970-01-01 00:00:00.001Z", "1970-01-01T00:00:00.001Z"],
      ["2026-11-22T08:39:41.123000Z", "2026-11-22T08:39:41.123Z", "2026-11-22T08:39:41.123Z"],
      ["-infinity", "-infinity"],
    ],
    refused: [["2026-11-22T08:39:41.1234Z", /more than 3 decimal places of a second/]],
    generated: generatedMoments(1000),
  },
];
