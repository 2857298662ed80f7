import type { CopierOptions } from "../../../dist/index.js";
import type { SentTableKind } from "./sent-tables.js";

/** Where and how a process sends rows. */
export interface SenderConfig {
  /** The number of the process. */
  readonly life: number;
  readonly kind: SentTableKind["name"];
  /** Bare; several are written as one group. */
  readonly tables: readonly string[];
  readonly schema: string;
  /** Qualified. */
  readonly letters: string;
  readonly options: Omit<CopierOptions, "columns" | "names" | "onConflict" | "onReject">;
  readonly producers: number;
  /** See `sentRow`. */
  readonly mostText: number;
  readonly seed: number;
}

/** What a process reports, as soon as it knows it. */
export type SenderReport =
  | { readonly what: "connected" }
  /** `send()` or `sendMany()` has resolved for the rows from `first` to before `end`. */
  | {
      readonly what: "stored";
      readonly producer: number;
      readonly first: number;
      readonly end: number;
    }
  /** `insert()` has resolved. */
  | { readonly what: "committed"; readonly producer: number; readonly seq: number }
  /** `insert()` has rejected: the server has refused the row. */
  | { readonly what: "refused"; readonly producer: number; readonly seq: number }
  /** `close()` has resolved. */
  | { readonly what: "closed" };

/** The calls by which producers send, in turn. */
export const CALLS = ["send", "sendMany", "insert"] as const;

/** How many rows `sendMany()` gets at most. */
export const MOST_ROWS = 120;

/** The call by which a producer sends. */
export function callOf(producer: number): (typeof CALLS)[number] {
  return CALLS[producer % CALLS.length]!;
}

/** The table of a producer. */
export function tableOf(tables: readonly string[], producer: number): string {
  return tables[Math.floor(producer / CALLS.length) % tables.length]!;
}
