import { LimitError } from "../limit-error.js";
import {
  checkPrecision,
  MICROSECONDS,
  secondPrecision,
  type SecondPrecision,
} from "./second-precision.js";

/** The fields of an interval with seconds, which can have a precision. */
export type SecondIntervalFields =
  | "second"
  | "day to second"
  | "hour to second"
  | "minute to second";

/** The fields to which SQL can restrict an interval. */
export type IntervalFields =
  | "year"
  | "month"
  | "day"
  | "hour"
  | "minute"
  | "year to month"
  | "day to hour"
  | "day to minute"
  | "hour to minute"
  | SecondIntervalFields;

/** What a restricted interval stores. Months and days are also stored with smaller fields. */
export interface IntervalModifier {
  /** Its source in a definition: `interval("day to second", 3)`. */
  readonly name: string;
  /** Its name in SQL: `interval day to second(3)`. */
  readonly sql: string;
  /** The months are a multiple of this. */
  readonly monthStep: number;
  readonly hasDays: boolean;
  readonly hasTime: boolean;
  /** The microseconds are a multiple of this, if there are any. */
  readonly timeStep: bigint;
  readonly precision: SecondPrecision;
}

/** What `AdjustIntervalForTypmod` (src/backend/utils/adt/timestamp.c) stores, by the last field. */
const KEPT = {
  year: { monthStep: 12, hasDays: false, hasTime: false, timeStep: 1n },
  month: { monthStep: 1, hasDays: false, hasTime: false, timeStep: 1n },
  day: { monthStep: 1, hasDays: true, hasTime: false, timeStep: 1n },
  hour: { monthStep: 1, hasDays: true, hasTime: true, timeStep: 3_600_000_000n },
  minute: { monthStep: 1, hasDays: true, hasTime: true, timeStep: 60_000_000n },
  second: { monthStep: 1, hasDays: true, hasTime: true, timeStep: 1n },
} as const;

const LAST_FIELDS: Readonly<Record<IntervalFields, keyof typeof KEPT>> = {
  year: "year",
  month: "month",
  day: "day",
  hour: "hour",
  minute: "minute",
  second: "second",
  "year to month": "month",
  "day to hour": "hour",
  "day to minute": "minute",
  "day to second": "second",
  "hour to minute": "minute",
  "hour to second": "second",
  "minute to second": "second",
};

/** @throws RangeError for fields or a precision that PostgreSQL does not have. */
export function intervalModifier(
  fields: IntervalFields | undefined,
  digits: number | undefined,
): IntervalModifier {
  const last = fields === undefined ? "second" : lastField(fields);
  if (digits !== undefined && last !== "second") {
    throw new RangeError(`interval ${fields} has no seconds, so it has no precision`);
  }
  const precision = digits === undefined ? MICROSECONDS : secondPrecision("interval", digits);
  const restriction = fields === undefined ? "" : ` ${fields}`;
  return {
    name: `interval(${parametersText(fields, digits)})`,
    sql: `interval${restriction}${precision.suffix}`,
    ...KEPT[last],
    precision,
  };
}

function lastField(fields: IntervalFields): keyof typeof KEPT {
  if (!Object.hasOwn(LAST_FIELDS, fields)) {
    throw new RangeError(
      `interval(fields) takes one of ${Object.keys(LAST_FIELDS).join(", ")}, got ${fields}`,
    );
  }
  return LAST_FIELDS[fields];
}

function parametersText(fields: string | undefined, digits: number | undefined): string {
  const parameters = [fields === undefined ? undefined : `"${fields}"`, digits];
  return parameters.filter((parameter) => parameter !== undefined).join(", ");
}

/** Throws a RangeError if the column would truncate or round the interval. */
export function checkKept(
  months: number,
  days: number,
  microseconds: number | bigint,
  { sql, monthStep, hasDays, hasTime, timeStep, precision }: IntervalModifier,
): void {
  const isKept =
    months % monthStep === 0 &&
    (hasDays || days === 0) &&
    (hasTime ? timeStep === 1n || BigInt(microseconds) % timeStep === 0n : !microseconds);
  if (!isKept) {
    throw new LimitError(`the interval has smaller units than a column of type ${sql} stores`);
  }
  checkPrecision(microseconds, precision);
}
