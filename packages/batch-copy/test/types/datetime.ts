// Checked by the compiler: each line below @ts-expect-error must not compile.
import type { IntervalParts } from "../../dist/codecs/datetime/interval-parts.js";
import { interval } from "../../dist/codecs/datetime/interval.js";
import type {
  TemporalDuration,
  TemporalInstant,
  TemporalPlainTime,
} from "../../dist/codecs/datetime/temporal.js";
import { time, timetz } from "../../dist/codecs/datetime/time.js";
import { table, timestamp, timestamptz, type ColumnType, type RowOf } from "../../dist/index.js";

/** Exactly the same type, optional keys included. */
type Equal<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

function isTrue(value: true): void {
  void value;
}

const shifts = table("shifts", {
  at: timestamptz,
  at3: timestamptz(3),
  seen: timestamptz.nullable(),
  seen3: timestamptz(3).nullable(),
  opens: time,
  closes: time(0),
  zoned: timetz.nullable(),
  zoned6: timetz(6),
  took: interval,
  took0: interval(0),
  term: interval("year to month").nullable(),
  rest: interval("day to second", 3),
});
interface Shift {
  at: Date | string | TemporalInstant;
  at3: Date | string | TemporalInstant;
  opens: string | TemporalPlainTime;
  closes: string | TemporalPlainTime;
  zoned6: string;
  took: IntervalParts | string | TemporalDuration;
  took0: IntervalParts | string | TemporalDuration;
  rest: IntervalParts | string | TemporalDuration;
  seen?: Date | string | TemporalInstant | null | undefined;
  seen3?: Date | string | TemporalInstant | null | undefined;
  zoned?: string | null | undefined;
  term?: IntervalParts | string | TemporalDuration | null | undefined;
}
isTrue({} as Equal<RowOf<typeof shifts>, { [K in keyof Shift]: Shift[K] }>);

// What is called and what is not are column types alike.
export const types: readonly ColumnType<unknown, boolean>[] = [time, time(3), interval.nullable()];

export const took: RowOf<typeof shifts>["took"][] = [
  { months: 1 },
  { days: 1, microseconds: 5n },
  { years: 1, hours: 2, milliseconds: 0.5 },
  "PT1S",
];
// @ts-expect-error an unknown part
took.push({ fortnights: 1 });
// @ts-expect-error a number is no interval
took.push(1);
// @ts-expect-error a Date is no interval
took.push(new Date());
// @ts-expect-error days are numbers
took.push({ days: 1n });
// @ts-expect-error a precision is a number
timestamp("3");
// @ts-expect-error one precision
timestamptz(3, 4);
// @ts-expect-error there are no such fields
interval("day to year");
// @ts-expect-error without seconds there is no precision
interval("day to hour", 3);
// @ts-expect-error nullable once is enough, and what is nullable takes no parameters
time.nullable()(3);
