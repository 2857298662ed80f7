import type { TextQueryable } from "../text-query.js";
import type { Origin } from "./origin.js";
import type { PgServerError } from "./server-error.js";
import type { Session } from "./session.js";
import type { Statement } from "./statement.js";

/** What proves, after a connection was lost during a commit, whether the transaction committed. */
export interface Guard {
  /** Begins to guard one transaction. */
  begin(session: Session): Proof;
}

/** What one transaction says and learns in order to be looked up. */
export interface Proof {
  /** What the transaction says before it writes. */
  readonly before: readonly Statement[];
  /** What it says when it has written. */
  readonly after: readonly Statement[];
  /** Whether enough is known to request the commit. */
  readonly isComplete: boolean;
  /** The backend that runs the transaction, if it is known. */
  readonly backend: LostBackend | undefined;
  /** What to look up if the connection is lost now; undefined if it cannot be looked up yet. */
  readonly doubt: Doubt | undefined;
  /** Called for an ERROR of the transaction: whether it is only about the guard, and not about the rest. */
  isAboutGuard(error: PgServerError): boolean;
}

/** A backend that may still exist after its connection was lost. */
export interface LostBackend {
  readonly pid: number;
  /** The transaction, if its id had arrived. */
  readonly xid: string | undefined;
  readonly origin: Origin;
}

/** A transaction whose commit was requested and not confirmed. */
export interface Doubt {
  readonly xid: string;
  readonly backend: LostBackend;
  /**
   * Asks a server whether the transaction committed.
   *
   * @param client a connection that was opened after the commit was interrupted: an older one may lead
   * to a server that has been replaced
   */
  inquire(client: TextQueryable): Promise<Answer>;
}

/**
 * What a server knows about a transaction. `pending`: ask again later. `unknown`: it will never be
 * known. `elsewhere`: this is another database system, and a load balancer may lead to the right one.
 */
export type Answer = "committed" | "aborted" | "pending" | "unknown" | "elsewhere";
