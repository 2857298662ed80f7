import type { TextQueryable } from "../text-query.js";
import type { OnForgotten } from "./lane-source.js";
import type { Move } from "./ledger-source.js";
import type { Origin } from "./origin.js";
import type { PgServerError } from "./server-error.js";
import type { Session } from "./session.js";
import type { Statement } from "./statement.js";

/** What proves, after a connection was lost during a commit, whether the transaction committed. */
export interface Guard {
  /**
   * Begins to guard one transaction. It may ask the server something first.
   *
   * @throws the driver's error, if the connection is lost meanwhile
   */
  begin(session: Session, order: GuardedOrder): Proof | Promise<Proof>;
}

/** What a guard must know of a transaction. */
export interface GuardedOrder {
  readonly rows: number;
  /** The sources of rows that it moves in the ledger. */
  readonly moves: readonly Move[];
  /** Whether it has rows of no source, or nothing else that would prove its commit. */
  readonly isOfLane: boolean;
  /** How the server keeps the order of transactions that run at the same time. */
  readonly chain: Chain | undefined;
  /** Called if the server has forgotten rows that were confirmed. */
  readonly onForgotten: OnForgotten;
}

/**
 * A link of the chain by which the server keeps transactions in order: each holds an advisory lock, for
 * which the next one waits before its guard. If the client held them back instead, the server would not
 * notice that two of them wait for each other.
 */
export interface Chain {
  /** Of all transactions in the chain. */
  readonly key: number;
  readonly place: number;
  /** Whether there is a transaction before it that may be running. */
  readonly waits: boolean;
  /** Called when it holds its lock, if a transaction after it may wait for that; otherwise undefined. */
  readonly onHeld: (() => void) | undefined;
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
  /**
   * Called for an ERROR of the transaction that was rolled back.
   *
   * @returns "again" if it is only about the guard, which asks for something else the next time; "stopped"
   * if the guard forbids the commit, and `doubt` says what is true; undefined if it is about the rest
   */
  explain(error: PgServerError): "again" | "stopped" | undefined;
  /**
   * What has to be asked over the same connection before the server's refusal of rows is believed:
   * sources that it finds to be lost are ended. Undefined if nothing has to be asked.
   */
  readonly confirm: Confirm | undefined;
  /** Called when the outcome is known, unless `doubt` has to be looked up. */
  end(isCommitted: boolean): void;
}

/** Asks a server whether sources are still ours. */
export type Confirm = (client: TextQueryable) => Promise<void>;

/** A backend that may still exist after its connection was lost. */
export interface LostBackend {
  readonly pid: number;
  /** The transaction, if its id had arrived. */
  readonly xid: string | undefined;
  readonly origin: Origin;
}

/** A transaction whose commit was requested and not confirmed. */
export interface Doubt {
  readonly xid: string | undefined;
  /** The source in the ledger that proves its commit. */
  readonly source: string | undefined;
  readonly backend: LostBackend | undefined;
  /** Whether the option `onInDoubt` decides if the outcome will never be known. */
  readonly mayBeWrittenAgain: boolean;
  /**
   * Asks a server whether the transaction committed.
   *
   * @param client a connection that was opened after the commit was interrupted: an older one may lead
   * to a server that has been replaced
   */
  inquire(client: TextQueryable): Promise<Answer>;
  /** Called if nothing is looked up: the guard has stopped the transaction, and why does not matter. */
  dismiss(): void;
}

/**
 * What a server knows about a transaction. `pending`: ask again later. `unknown`: it will never be
 * known. `elsewhere`: this is another database system, and a load balancer may lead to the right one.
 */
export type Answer = "committed" | "aborted" | "pending" | "unknown" | "elsewhere";
