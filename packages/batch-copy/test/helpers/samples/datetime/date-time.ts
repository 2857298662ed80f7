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

export const dateTimeSamples: readonly TypeSamples[] = [
  {
    type: date,
    accepted: [
      ["10000-01-01", "10000-01-01", "+010000-01-01"],
      ["0044-03-15 BC", "0044-03-15 BC", "-000043-03-15"],
      ["2000-02-29", "2000-02-29"],
      ["0001-01-01", "0001-01-01"],
    ],
    refused: [
      ["2026-02-30", /no day of the calendar/],
      ["2026-1-1", /not an ISO 8601/],
      ["2026-01-011", /not an ISO 8601/],
      ["0000-01-01 BC", /no day of the calendar/],
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
      ["2026-11-22 08:39:41.", /not an ISO 8601/],
      ["2026-11-22 08:39:41+01", /names a time zone/],
      ["2026-11-22x08:39:41", /not an ISO 8601/],
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
      [new Date(1), /finer than the column, which takes 0 digits of a second/],
      ["2026-11-22T08:39:41.000001", /finer than the column/],
      ["294276-12-31T23:59:59.5", /finer than the column/],
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
      ["2026-11-22T08:39:41.Z", /not an ISO 8601/],
      ["2026-11-22T08:39:41ZZ", /not an ISO 8601/],
      ["2026-11-22T08:39:41+1", /not an ISO 8601/],
      ["2026-11-22T08:39:41+01:0", /not an ISO 8601/],
      ["2026-11-22T08:39:41*01", /not an ISO 8601/],
      ["2026-11-22T08:39:41+01:60", /time zone out of range/],
      ["2026-11-22T08:39:41.1234567Z", /finer than a microsecond/],
      ["2026-11-22T08:39:41 Europe/Berlin", /not an ISO 8601/],
      [`2026-11-22T08:39:41.${"1".repeat(1_000_000)}Z`, /finer than a microsecond/],
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
    refused: [["2026-11-22T08:39:41.1234Z", /finer than the column, which takes 3 digits/]],
    generated: generatedMoments(1000),
  },
];
