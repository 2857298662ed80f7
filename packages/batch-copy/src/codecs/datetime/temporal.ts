/**
 * A `Temporal.Instant` or a `Temporal.ZonedDateTime`. The interfaces of this module describe the
 * parts of Temporal objects that batch-copy reads, because not every runtime and not every
 * TypeScript library has Temporal.
 */
export interface TemporalInstant {
  readonly [Symbol.toStringTag]: "Temporal.Instant" | "Temporal.ZonedDateTime";
  readonly epochNanoseconds: bigint;
}

/** A `Temporal.PlainDateTime`. */
export interface TemporalPlainDateTime {
  readonly [Symbol.toStringTag]: "Temporal.PlainDateTime";
  toString(options?: { calendarName?: "never" }): string;
}

/** A `Temporal.PlainDate`. */
export interface TemporalPlainDate {
  readonly [Symbol.toStringTag]: "Temporal.PlainDate";
  toString(options?: { calendarName?: "never" }): string;
}

/** A `Temporal.PlainTime`. */
export interface TemporalPlainTime {
  readonly [Symbol.toStringTag]: "Temporal.PlainTime";
  toString(): string;
}

/** A `Temporal.Duration`. */
export interface TemporalDuration {
  readonly [Symbol.toStringTag]: "Temporal.Duration";
  readonly years: number;
  readonly months: number;
  readonly weeks: number;
  readonly days: number;
  readonly hours: number;
  readonly minutes: number;
  readonly seconds: number;
  readonly milliseconds: number;
  readonly microseconds: number;
  readonly nanoseconds: number;
}

type TemporalObject =
  | TemporalInstant
  | TemporalPlainDateTime
  | TemporalPlainDate
  | TemporalPlainTime
  | TemporalDuration;

/** The Temporal class of a value, such as `Temporal.Instant`, or undefined. */
export function temporalClass(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null) {
    return undefined;
  }
  const tag: unknown = (value as Partial<TemporalObject>)[Symbol.toStringTag];
  return typeof tag === "string" && tag.startsWith("Temporal.") ? tag : undefined;
}
