import type { Cursor } from "../../../../dist/spool/cursor.js";
import type { SeededRandom } from "../../fault/seeded-random.js";
import type { Machine } from "../simulated/machine.js";
import type { Stepper } from "../simulated/stepper.js";
import type { Books } from "./books.js";
import type { SimulatedDatabase } from "./simulated-database.js";

/** Where the streams are. */
export const SPOOL = "/spool";

/** What the spool of a history is told to do. */
export interface SpoolPlan {
  readonly segmentBytes: number;
  readonly maxBytes: number;
  readonly retainMs: number;
  readonly isShared: boolean;
  readonly tables: number;
  /** Whether one of them is delivered seldom. */
  readonly hasStandstill: boolean;
  /** Of one life. */
  readonly groups: number;
}

/** What all lives of a history share. */
export interface World {
  readonly random: SeededRandom;
  readonly stepper: Stepper;
  readonly machine: Machine;
  readonly database: SimulatedDatabase;
  readonly books: Books;
  readonly plan: SpoolPlan;
  /** Lives that others take for running. */
  readonly alive: Set<string>;
  /** Streams of which a bit was flipped. */
  readonly flipped: Set<string>;
  /** Streams that were found to be damaged. */
  readonly damaged: Set<string>;
  /** Where the last group of each stream begins that was acknowledged. */
  readonly lastGroups: Map<string, Cursor>;
  /** What must not happen, and has. */
  readonly problems: string[];
  tell(what: string): void;
}

/** The ledger's name for the rows of a table in a stream. */
export function sourceOf(stream: string, table: number): string {
  return `spool/${stream}/${table}`;
}

/** The path of a stream's directory, for its owner's own stream or for one of its adoptions. */
export function pathOf(stream: string, owner: string, adoption: number): string {
  return `${SPOOL}/${stream}.${owner}~${adoption}`;
}

/** The name of a stream's directory, taken apart; undefined if it is something else. */
export function parseName(name: string): { stream: string; owner: string } | undefined {
  const [stream, owner] = name.split(/[.~]/);
  return stream && owner ? { stream, owner } : undefined;
}
