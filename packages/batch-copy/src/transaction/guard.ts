import type { TextQueryable } from "../text-query.js";
import type { Origin } from "./origin.js";
import type { PgServerError } from "./server-error.js";
import type { Statement } from "./statement.js";

/** What proves, after a connection was lost during a commit, whether the transaction committed. */
export interface Guard {
  /**
   * Begins to guard one transaction.
   *
   * @param pid of the backend, as far as the driver knows
   */
  begin(origin: Origin, pid: number | undefined): Proof;
  /**
   * Asks a server whether a transaction committed.
   *
   * @param client a connection that was opened after the commit was interrupted: an older one may lead
   * to a server that has been replaced
   */
  inquire(client: TextQueryable, doubt: Doubt): Promise<Answer>;
}

/** What one transaction says and learns in order to be looked up. */
export interface Proof {
  /** What the transaction says before it writes. */
  readonly statements: readonly Statement[];
  /** Whether enough is known to request the commit. */
  readonly isComplete: boolean;
  /** The backend that runs the transaction, if it is known. */
  readonly backend: LostBackend | undefined;
  /** What to look up if the connection is lost now; undefined if it cannot be looked up yet. */
  readonly doubt: Omit<Doubt, "since"> | undefined;
  /** Whether the ERROR is only about what the guard asks, and nothing of the rest has begun. */
  isAboutQuestion(error: PgServerError): boolean;
}

/** A backend that may still exist after its connection was lost. */
export interface LostBackend {
  readonly pid: number;
  /** The transaction, if its id had arrived. */
  readonly xid: string | undefined;
  readonly origin: Origin;
}

/** A transaction whose commit was requested and not confirmed. */
export interface Doubt extends LostBackend {
  readonly xid: string;
  /** When the connection was lost, by the clock of `timers.js`. */
  readonly since: number;
}

/**
 * What a server knows about a transaction. `pending`: ask again later. `unknown`: it will never be
 * known. `elsewhere`: this is another database system, and a load balancer may lead to the right one.
 */
export type Answer = "committed" | "aborted" | "pending" | "unknown" | "elsewhere";
