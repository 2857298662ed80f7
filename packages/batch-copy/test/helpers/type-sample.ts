import type { Arbitrary } from "fast-check";

import type { ColumnType } from "../../dist/index.js";

/** A value as a user hands it over, the server's literal for it, and what comes back from decode. */
export type Sample = readonly [value: unknown, literal: string, decoded?: unknown];

/** A value that must not be written, and a part of the reason. */
export type Refusal = readonly [value: unknown, reason: RegExp];

/** What the tests know of a type: they ask the server whether it is true. */
export interface TypeSamples {
  readonly type: ColumnType<unknown>;
  /** Edge values. If `decoded` is missing, the value itself comes back. */
  readonly accepted: readonly Sample[];
  readonly refused: readonly Refusal[];
  /** Any value, with the server's literal for it. */
  readonly generated?: Arbitrary<readonly [value: unknown, literal: string]>;
  /** Whether the server may store another form of a value than it was given: `[1,5]` as `[1,6)`. */
  readonly isCanonicalized?: boolean;
  /** The extension that has the type, if it is not built in. */
  readonly extension?: string;
  /** The first version of the extension that reads the values, if it is not the oldest. */
  readonly extensionSince?: number;
  /** The first major version of PostgreSQL that has the type, if it is not 13. */
  readonly since?: number;
}
