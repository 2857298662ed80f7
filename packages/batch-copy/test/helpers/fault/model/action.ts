import * as fc from "fast-check";

/** What becomes of a row if nothing else goes wrong. */
export type RowKind =
  | "good"
  /** Refused by a CHECK: the server says which line it was. */
  | "refused"
  /** Refused by a deferred trigger: the server names no line. */
  | "refusedLate"
  /** No value of its column. */
  | "unencodable";

/** One step of a sequence. Calls of the copier are not waited for, unless it says so. */
export type Action =
  | {
      readonly do: "send" | "insert";
      readonly row: RowKind;
      /** When the signal of a `send` aborts, or an `insert` is given up; not at all if undefined. */
      readonly giveUpAfterMs: number | undefined;
    }
  | { readonly do: "sendMany"; readonly rows: readonly RowKind[] }
  | { readonly do: "flush"; readonly isAwaited: boolean }
  | { readonly do: "close"; readonly timeoutMs: number | undefined }
  | { readonly do: "wait"; readonly ms: number }
  /** Connections that are open now. */
  | { readonly do: "strike"; readonly fault: "cut" | "close" | "abandon" | "stall" }
  /** The next connection to be opened; the number stands for a place and a fault. */
  | { readonly do: "plan"; readonly number: number }
  | { readonly do: "resume" | "hideServer" | "showServer" | "lock" | "unlock" };

/** The options that a sequence is run with. */
export interface Setting {
  readonly connections: number;
  readonly maxBatchRows: number;
  readonly maxBufferedBytes: number;
  readonly flushIntervalMs: number;
  readonly retryTimeoutMs: number;
}

const rowKind = fc.oneof(
  { weight: 12, arbitrary: fc.constant("good" as const) },
  fc.constantFrom<RowKind[]>("refused", "refusedLate", "unencodable"),
);

const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      do: fc.constantFrom("send", "insert"),
      row: rowKind,
      giveUpAfterMs: fc.oneof({ weight: 5, arbitrary: fc.constant(undefined) }, fc.nat({ max: 5 })),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("sendMany" as const),
      rows: fc.array(rowKind, { minLength: 1, maxLength: 30 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("flush" as const), isAwaited: fc.boolean() }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant("wait" as const), ms: fc.nat({ max: 15 }) }),
  },
  // Longer than copyTimeoutMs.
  { weight: 1, arbitrary: fc.record({ do: fc.constant("wait" as const), ms: fc.constant(60) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("strike" as const),
      fault: fc.constantFrom("cut", "close", "abandon", "stall"),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("plan" as const), number: fc.nat() }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom("resume", "hideServer", "showServer", "lock", "unlock"),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("close" as const),
      timeoutMs: fc.option(fc.nat({ max: 60 }), { nil: undefined }),
    }),
  },
);

export const actions: fc.Arbitrary<Action[]> = fc.array(action, { minLength: 1, maxLength: 25 });

export const setting: fc.Arbitrary<Setting> = fc.record({
  connections: fc.integer({ min: 1, max: 3 }),
  maxBatchRows: fc.constantFrom(1, 7, 1000),
  maxBufferedBytes: fc.constantFrom(200, 5000, 1_000_000),
  flushIntervalMs: fc.constantFrom(0, 5, 60_000),
  retryTimeoutMs: fc.constantFrom(Infinity, Infinity, Infinity, 30),
});
