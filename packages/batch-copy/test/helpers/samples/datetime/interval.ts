import fc, { type Arbitrary } from "fast-check";

import type { ColumnType } from "../../../../dist/codecs/column-type.js";
import { interval, type Interval } from "../../../../dist/codecs/datetime/interval.js";
import { nonRecords } from "../../non-records.js";
import type { Sample, TypeSamples } from "../../type-sample.js";

interface Parts {
  readonly months: number;
  readonly days: number;
  readonly microseconds: bigint;
}

const parts = (months: number, days: number, microseconds: bigint): Parts => ({
  months,
  days,
  microseconds,
});

/** `01:02:03.000004`, of any number of hours, without a sign. */
function clock(microseconds: bigint): string {
  const pad = (value: bigint, digits: number): string => String(value).padStart(digits, "0");
  const seconds = microseconds / 1_000_000n;
  const time = [seconds / 3600n, (seconds / 60n) % 60n, seconds % 60n].map((part) => pad(part, 2));
  return `${time.join(":")}.${pad(microseconds % 1_000_000n, 6)}`;
}

const sign = (value: number | bigint): string => (value < 0 ? "-" : "+");
const absolute = (value: bigint): bigint => (value < 0n ? -value : value);

function literal({ months, days, microseconds }: Parts): string {
  const time = sign(microseconds) + clock(absolute(microseconds));
  return `${months} mons ${days} days ${time}`;
}

function sqlStandard({ months, days, microseconds }: Parts): string {
  const size = Math.abs(months);
  return (
    `${sign(months)}${Math.floor(size / 12)}-${size % 12} ${sign(days)}${Math.abs(days)} ` +
    `${sign(microseconds)}${clock(absolute(microseconds))}`
  );
}

function verbose({ months, days, microseconds }: Parts): string {
  const time = `${sign(-microseconds)}${absolute(microseconds)}`;
  return `@ ${sign(-months)}${Math.abs(months)} mons ${-days} days ${time} usecs ago`;
}

function designators({ months, days, microseconds }: Parts): string {
  const seconds = `${sign(microseconds)}${absolute(microseconds) / 1_000_000n}`;
  const fraction = String(absolute(microseconds) % 1_000_000n).padStart(6, "0");
  return `P${Math.trunc(months / 12)}Y${months % 12}M${days}DT${seconds}.${fraction}S`;
}

const duration = (fields: Readonly<Record<string, number>>): object => ({
  [Symbol.toStringTag]: "Temporal.Duration",
  years: 0,
  months: 0,
  weeks: 0,
  days: 0,
  hours: 0,
  minutes: 0,
  seconds: 0,
  milliseconds: 0,
  microseconds: 0,
  nanoseconds: 0,
  ...fields,
});

/** As node-postgres reads an interval of nothing. */
class DriverInterval {
  toPostgres(): string {
    return "0";
  }
}

/** A class of the user's own, with fields behind getters. */
class Span {
  get months(): number {
    return 3;
  }
  get hours(): number {
    return 2;
  }
}

/** The same with a field of its own. */
class LongSpan extends Span {
  days = 1;
}

/** As where some library has extended what all objects inherit. */
function inherited(own: object): object {
  return Object.assign(Object.create({ added: () => {} }) as object, own);
}

const INT32 = { min: -(2 ** 31), max: 2 ** 31 - 1 };
/** Before PostgreSQL 15 a server cannot print more hours than 32 bits hold. */
const PRINTABLE = 2n ** 31n * 3_600_000_000n - 1n;

function anyParts(most: bigint): Arbitrary<Parts> {
  const int32 = fc.oneof(fc.integer(INT32), fc.integer({ min: -40, max: 40 }));
  const few = most < 100_000_000_000n ? most : 100_000_000_000n;
  const int64 = fc.oneof(fc.bigInt({ min: -most, max: most }), fc.bigInt({ min: -few, max: few }));
  return fc.tuple(int32, int32, int64).map((amounts) => parts(...amounts));
}

function generated(values: Arbitrary<Parts>): Arbitrary<readonly [unknown, string]> {
  const forms = fc.constantFrom<(value: Parts) => unknown>(
    (value) => value,
    designators,
    sqlStandard,
    verbose,
    (value) => ({ ...value, months: value.months || undefined }),
  );
  return fc.tuple(values, forms).map(([value, form]) => [form(value), literal(value)] as const);
}

/** What a restricted interval keeps: multiples of these; of 0 there are none. */
interface Steps {
  readonly months: number;
  readonly days: 0 | 1;
  readonly microseconds: bigint;
}

const SECOND = 1_000_000n;
const YEARS: Steps = { months: 12, days: 0, microseconds: 0n };
const MONTHS: Steps = { months: 1, days: 0, microseconds: 0n };
const DAYS: Steps = { months: 1, days: 1, microseconds: 0n };
const HOURS: Steps = { ...DAYS, microseconds: 3600n * SECOND };
const MINUTES: Steps = { ...DAYS, microseconds: 60n * SECOND };
const SECONDS: Steps = { ...DAYS, microseconds: SECOND };
const MILLISECONDS: Steps = { ...DAYS, microseconds: 1000n };
const MICROSECONDS: Steps = { ...DAYS, microseconds: 1n };

/** Values of which a restricted interval loses nothing. */
function kept(steps: Steps): Arbitrary<readonly [unknown, string]> {
  const values = anyParts(PRINTABLE / (steps.microseconds || 1n));
  return generated(
    values.map(({ months, days, microseconds }) =>
      parts(
        months - (months % steps.months),
        steps.days === 0 ? 0 : days,
        microseconds * steps.microseconds,
      ),
    ),
  );
}

/** Those of which the edges below are not asked for. */
const OTHER_FIELDS: readonly (readonly [ColumnType<Interval>, Steps])[] = [
  [interval("month"), MONTHS],
  [interval("hour"), HOURS],
  [interval("minute"), MINUTES],
  [interval("day to minute"), MINUTES],
  [interval("day to second"), MICROSECONDS],
  [interval("hour to second"), MICROSECONDS],
  [interval("minute to second", 3), MILLISECONDS],
];

/** What the server prints for these under its four settings of `intervalstyle`, and zero. */
const PRINTED: readonly Sample[] = [
  ["1 year 2 mons 3 days 04:05:06.789", "P1Y2M3DT4H5M6.789S", parts(14, 3, 14_706_789_000n)],
  [
    "@ 1 year 2 mons 3 days 4 hours 5 mins 6.789 secs",
    "P1Y2M3DT4H5M6.789S",
    parts(14, 3, 14_706_789_000n),
  ],
  ["+1-2 +3 +4:05:06.789", "P1Y2M3DT4H5M6.789S", parts(14, 3, 14_706_789_000n)],
  ["P1Y2M3DT4H5M6.789S", "P1Y2M3DT4H5M6.789S", parts(14, 3, 14_706_789_000n)],
  ["-1 days +02:03:00", "-1 days +02:03:00", parts(0, -1, 7_380_000_000n)],
  ["@ 1 day -2 hours -3 mins ago", "-1 days +02:03:00", parts(0, -1, 7_380_000_000n)],
  ["+0-0 -1 +2:03:00", "-1 days +02:03:00", parts(0, -1, 7_380_000_000n)],
  ["P-1DT2H3M", "-1 days +02:03:00", parts(0, -1, 7_380_000_000n)],
  ["-10 mons +3 days -04:05:06", "-10 mons +3 days -04:05:06", parts(-10, 3, -14_706_000_000n)],
  ["-1 mons +3 days 04:00:00", "-1 mons +3 days 04:00:00", parts(-1, 3, 14_400_000_000n)],
  ["-00:00:00.000001", "-00:00:00.000001", parts(0, 0, -1n)],
  ["@ 0.000001 secs ago", "-00:00:00.000001", parts(0, 0, -1n)],
  ["PT-0.000001S", "-00:00:00.000001", parts(0, 0, -1n)],
  ["1-2", "1 year 2 mons", parts(14, 0, 0n)],
  ["-1-2", "-1 years -2 mons", parts(-14, 0, 0n)],
  ["3 4:05:06", "3 days 04:05:06", parts(0, 3, 14_706_000_000n)],
  ["4:05:06", "04:05:06", parts(0, 0, 14_706_000_000n)],
  ["00:00:00", "0", parts(0, 0, 0n)],
  ["@ 0", "0", parts(0, 0, 0n)],
  ["0", "0", parts(0, 0, 0n)],
  ["PT0S", "0", parts(0, 0, 0n)],
];

/** What else people write. */
const WRITTEN: readonly Sample[] = [
  ["P2W", "14 days", parts(0, 14, 0n)],
  ["P1W2D", "9 days", parts(0, 9, 0n)],
  ["-P1Y2M3DT4H", "-14 mons -3 days -04:00:00", parts(-14, -3, -14_400_000_000n)],
  ["-P1M-3D", "-1 mons +3 days", parts(-1, 3, 0n)],
  ["PT1.5H", "01:30:00", parts(0, 0, 5_400_000_000n)],
  ["PT0,25M", "00:00:15", parts(0, 0, 15_000_000n)],
  ["PT36H", "36:00:00", parts(0, 0, 129_600_000_000n)],
  ["P0001-02-03T04:05:06.5", "P0001-02-03T04:05:06.5", parts(14, 3, 14_706_500_000n)],
  ["P0001-02-03", "P0001-02-03", parts(14, 3, 0n)],
  ["1 day", "1 day", parts(0, 1, 0n)],
  ["1day 2HOURS", "1 day 02:00:00", parts(0, 1, 7_200_000_000n)],
  ["3 weeks ago", "-21 days", parts(0, -21, 0n)],
  ["1 millennium 1 century 1 decade", "1110 years", parts(13_320, 0, 0n)],
  ["1.5 seconds 20 ms 3 us", "00:00:01.520003", parts(0, 0, 1_520_003n)],
  ["100:00", "100:00:00", parts(0, 0, 360_000_000_000n)],
];

export const intervalSamples: readonly TypeSamples[] = [
  {
    type: interval,
    accepted: [
      [parts(0, 0, 0n), "0"],
      [parts(14, -3, 4n), "14 mons -3 days 00:00:00.000004"],
      [
        parts(2 ** 31 - 1, -(2 ** 31), PRINTABLE),
        "2147483647 mons -2147483648 days 2147483647:59:59.999999",
      ],
      [
        parts(-(2 ** 31), 2 ** 31 - 1, -PRINTABLE),
        "-2147483648 mons 2147483647 days -2147483647:59:59.999999",
      ],
      [{ months: 1 }, "1 mon", parts(1, 0, 0n)],
      [{ days: -1 }, "-1 day", parts(0, -1, 0n)],
      [{ microseconds: -1_500_000 }, "-1.5 seconds", parts(0, 0, -1_500_000n)],
      [{ microseconds: 5n, days: undefined }, "5 us", parts(0, 0, 5n)],
      [{ years: -1, hours: 2 }, "-12 mons +02:00:00", parts(-12, 0, 7_200_000_000n)],
      [{ minutes: 1, microseconds: 1 }, "00:01:00.000001", parts(0, 0, 60_000_001n)],
      [{ seconds: 1.000001 }, "00:00:01.000001", parts(0, 0, 1_000_001n)],
      [{ milliseconds: -0.001 }, "-00:00:00.000001", parts(0, 0, -1n)],
      [
        { hours: 596_523, milliseconds: 999.999 },
        "596523:00:00.999999",
        parts(0, 0, 2_147_482_800_999_999n),
      ],
      [inherited({ days: 1 }), "1 day", parts(0, 1, 0n)],
      [new DriverInterval(), "0", parts(0, 0, 0n)],
      [new Span(), "3 mons 02:00:00", parts(3, 0, 7_200_000_000n)],
      [new LongSpan(), "3 mons 1 day 02:00:00", parts(3, 1, 7_200_000_000n)],
      ...PRINTED,
      ...WRITTEN,
      [duration({ years: 1, months: 2, weeks: 1, days: 3 }), "14 mons 10 days", parts(14, 10, 0n)],
      [
        duration({
          hours: -1,
          minutes: -2,
          seconds: -3,
          milliseconds: -4,
          microseconds: -5,
          nanoseconds: -6000,
        }),
        "-01:02:03.004011",
        parts(0, 0, -3_723_004_011n),
      ],
    ],
    refused: [
      [{}, /expected an object with fields such as months, days or microseconds/],
      [{ months: undefined }, /expected an object with fields/],
      [[], /expected an object with fields such as .*, got an array/],
      [[1], /an interval has no field "0"/],
      ...Object.values(nonRecords).map(
        (value) => [value, /expected an object with fields/] as const,
      ),
      [new Date(0), /got an instance of Date/],
      [{ days: 1, weeks: 2 }, /an interval has no field "weeks"/],
      [{ seconds: 0.0000001 }, /seconds: 1e-7 is more precise than a microsecond/],
      [{ milliseconds: 1.0001 }, /milliseconds: 1.0001 is more precise than a microsecond/],
      [{ milliseconds: Number.NaN }, /more precise than a microsecond/],
      [{ hours: 1.5 }, /hours must be a safe integer, got 1.5/],
      [{ years: 0.5, hours: 1 }, /years must be a safe integer, got 0.5/],
      [{ hours: "1" }, /hours must be a safe integer, got "1"/],
      [{ years: null, hours: 1 }, /years must be a safe integer, got null/],
      [{ years: 2 ** 31 }, /months must be a 32-bit integer/],
      [{ hours: 2 ** 40 }, /microseconds must be a safe integer/],
      [{ months: 1.5 }, /months must be a 32-bit integer, got 1.5/],
      [{ months: 2 ** 31 }, /months must be a 32-bit integer/],
      [{ days: 1n }, /days must be a 32-bit integer/],
      [{ days: null }, /days must be a 32-bit integer/],
      [{ microseconds: 2 ** 53 }, /microseconds must be a safe integer or a 64-bit bigint/],
      [{ microseconds: 2n ** 63n }, /microseconds must be a safe integer/],
      [{ microseconds: "1" }, /microseconds must be a safe integer/],
      [parts(2 ** 31 - 1, 2 ** 31 - 1, 2n ** 63n - 1n), /PostgreSQL uses this value for infinity/],
      [parts(-(2 ** 31), -(2 ** 31), -(2n ** 63n)), /PostgreSQL uses this value for infinity/],
      [duration({ nanoseconds: 1 }), /more precise than a microsecond/],
      [86_400, /expected an interval object, a string or a Temporal.Duration/],
      ["", /is not a valid interval/],
      ["P", /is not a valid interval/],
      ["PT", /is not a valid interval/],
      ["P1DT", /is not a valid interval/],
      ["P1.5D", /is not a valid interval/],
      ["P1H", /is not a valid interval/],
      ["PT1M2H", /is not a valid interval/],
      ["5", /is not a valid interval/],
      ["ago", /is not a valid interval/],
      ["1 day ago ago", /is not a valid interval/],
      ["1 m", /is not a valid interval/],
      ["1 fortnight", /is not a valid interval/],
      ["04:05.5", /is not a valid interval/],
      ["1 day\n", /is not a valid interval/],
      ["1.5 days", /has a fraction of a day, whose length varies/],
      ["0.5 years", /has a fraction of a year/],
      ["1 day 2 days", /specifies days more than once/],
      ["2 hours 04:05:06", /specifies hours more than once/],
      ["-3 4:05:06", /is ambiguous: give each field a sign/],
      ["-1 day 02:00:00", /is ambiguous/],
      ["1-12", /has 12 months, more than 11/],
      ["04:60:00", /has 60 minutes, more than 59/],
      ["04:05:60", /has 60 seconds, more than 59/],
      ["0.0000001 seconds", /more precise than a microsecond/],
      ["PT0.0000001S", /more precise than a microsecond/],
      ["00:00:00.0000001", /more precise than a microsecond/],
      ["PT0.00000000001H", /more precise than a microsecond/],
      ["178956971 years", /months must be a 32-bit integer/],
      ["P99999999999999999999Y", /is out of range/],
      ["9223372036855 seconds", /microseconds must be a safe integer/],
      ["1".repeat(1_000_000), /is longer than 255 characters/],
    ],
    generated: generated(anyParts(PRINTABLE)),
  },
  {
    type: interval,
    since: 15,
    accepted: [
      [parts(0, 0, 2n ** 63n - 1n), "2562047788:00:54.775807"],
      [parts(0, 0, 1n - 2n ** 63n), "-2562047788:00:54.775807"],
    ],
    refused: [],
    generated: generated(anyParts(2n ** 63n - 1n)),
  },
  {
    type: interval,
    since: 17,
    accepted: [
      ["infinity", "infinity"],
      ["-infinity", "-infinity"],
    ],
    refused: [],
  },
  {
    type: interval(3),
    accepted: [
      ["PT1.123S", "1.123 seconds", parts(0, 0, 1_123_000n)],
      [parts(1, 2, -3000n), "1 mon 2 days -00:00:00.003"],
    ],
    refused: [["PT1.1234S", /more than 3 decimal places of a second/]],
    generated: kept(MILLISECONDS),
  },
  {
    type: interval("year"),
    accepted: [["2 years", "2 years", parts(24, 0, 0n)]],
    refused: [
      ["1 year 1 month", /smaller units than a column of type interval year stores/],
      [{ months: 12, days: 1 }, /smaller units/],
    ],
    generated: kept(YEARS),
  },
  {
    type: interval("year to month"),
    accepted: [["1-2", "1-2", parts(14, 0, 0n)]],
    refused: [
      [{ months: 1, days: 1 }, /smaller units than a column of type interval year to month stores/],
      [{ microseconds: 1 }, /smaller units/],
    ],
    generated: kept(MONTHS),
  },
  {
    type: interval("day"),
    accepted: [[parts(1, 2, 0n), "1 mon 2 days"]],
    refused: [["1 day 00:00:01", /smaller units than a column of type interval day stores/]],
    generated: kept(DAYS),
  },
  {
    type: interval("day to hour"),
    accepted: [[parts(1, 2, 7_200_000_000n), "1 mon 2 days 02:00:00"]],
    refused: [["00:30:00", /smaller units/]],
    generated: kept(HOURS),
  },
  {
    type: interval("hour to minute"),
    accepted: [[parts(0, 2, -120_000_000n), "2 days -00:02:00"]],
    refused: [["00:00:30", /smaller units/]],
    generated: kept(MINUTES),
  },
  {
    type: interval("day to second", 3),
    accepted: [[parts(1, 2, 1000n), "1 mon 2 days 00:00:00.001"]],
    refused: [["00:00:00.0001", /decimal places of a second, which the column would round/]],
    generated: kept(MILLISECONDS),
  },
  {
    type: interval("second", 0),
    accepted: [[parts(1, 2, 1_000_000n), "1 mon 2 days 00:00:01"]],
    refused: [[{ microseconds: 1n }, /decimal places of a second, which the column would round/]],
    generated: kept(SECONDS),
  },
  ...OTHER_FIELDS.map(([type, steps]) => ({
    type,
    accepted: [[parts(12, 0, 0n), "1 year"] as const],
    refused: [],
    generated: kept(steps),
  })),
];
