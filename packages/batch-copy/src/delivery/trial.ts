import { tryEmptyCopy, tryInsert, type TrialOutcome } from "../copy/trial.js";
import {
  isLockTimeout,
  isRaised,
  QUERY_CANCELED,
  type PgServerError,
} from "../transaction/server-error.js";
import type { Refusal } from "../transaction/write.js";
import { dispositionOf, type Disposition } from "./disposition.js";
import type { Means } from "./means.js";
import { unlessAborted } from "./pause.js";
import type { SliceSource } from "./slice-source.js";

/** What an ERROR is about. */
export type Verdict =
  /** The rows. If there are several, isolation has to find the one that caused it. */
  | { readonly kind: "rows"; readonly refusal: Refusal; readonly isDoubtful: boolean }
  /** Not the rows: they are retried; if an operator has to fix something (`isHeld`), slowly. */
  | { readonly kind: "again"; readonly error: Error; readonly isHeld: boolean };

/** A binary value that the column's type cannot read: the column may have another type now. */
const UNREADABLE: ReadonlySet<string> = new Set(["08P01", "22P03", "22P04", "42804"]);

/** Internal errors, by which Citus reports the errors of its workers. */
const INTERNAL = /^XX/;

const FOREIGN_KEY_VIOLATION = "23503";

/** An error that a trigger raises does not depend on timing. */
export const REPEATS_OF_RAISED = 5;
/** Consecutive cancellations: the statement_timeout is too short for so many rows. */
const REPEATS_OF_CANCELED = 3;
const REPEATS = 10;
/** Locks and conflicts that last longer are not worth waiting for: an INSERT fails at once. */
const PERSISTENT_MS = 60_000;

/**
 * Decides by evidence what the ERRORs of one slice are about. Their codes do not suffice: a trigger, a
 * CHECK or a partition can raise any of them for one row's value.
 *
 * If the server refuses a COPY of no rows, the error is about the table, the role or the server. If it
 * refuses the row alone, in COPY and as an INSERT, the error is about the row. Temporary errors are
 * retried, and put to the same trial only if they persist.
 */
export class Trial {
  readonly #means: Means;
  readonly #source: SliceSource;
  readonly #signal: AbortSignal;
  readonly #isPart: boolean;
  readonly #startedAt: number;
  #code: string | undefined;
  #repeats = 0;
  #passes = 0;

  /** @param isPart whether the slice is a part of a refused batch */
  constructor(means: Means, source: SliceSource, signal: AbortSignal, isPart: boolean) {
    this.#means = means;
    this.#source = source;
    this.#signal = signal;
    this.#isPart = isPart;
    this.#startedAt = means.clock.now();
  }

  /** How often in succession the latest error has occurred. */
  get repeats(): number {
    return this.#repeats;
  }

  /** Judges the ERROR of one more attempt. */
  async judge(refusal: Refusal): Promise<Verdict> {
    const { error } = refusal;
    this.#count(error);
    switch (this.#dispositionOf(refusal)) {
      case "refuse":
        return (await this.#isPremature(error)) ? again(error) : ofRow(refusal);
      case "wait":
        return again(error);
      case "hold":
        return this.#hold(error);
      case "retry":
        return this.#isPersistent(error) ? this.#try(refusal) : again(error);
      case "doubtful":
        return this.#try(refusal);
    }
  }

  /** If our own limit for locks was over, the table waits to let others go on: no row is to blame. */
  #dispositionOf(refusal: Refusal): Disposition {
    const isOurs = isLockTimeout(refusal.error) && this.#means.lockTimeoutMs !== undefined;
    return isOurs ? "wait" : dispositionOf(refusal);
  }

  /** Whether a row may have been written before the one that it refers to. */
  async #isPremature({ code }: PgServerError): Promise<boolean> {
    if (code !== FOREIGN_KEY_VIOLATION) {
      return false;
    }
    const load = this.#source.load(true);
    try {
      return (await unlessAborted(load.isReordered(), this.#signal)) === true;
    } catch {
      // Nothing is known without a connection, and the next attempt says whether there is one.
      return true;
    }
  }

  #count({ code }: PgServerError): void {
    this.#repeats = code === this.#code ? this.#repeats + 1 : 1;
    this.#code = code;
  }

  get #isAlone(): boolean {
    return this.#source.load(true).rows === 1;
  }

  #isPersistent(error: PgServerError): boolean {
    if (isRaised(error)) {
      return this.#repeats >= REPEATS_OF_RAISED || this.#mayBeDivided;
    }
    if (this.#isAlone) {
      const lastsMs = this.#means.clock.now() - this.#startedAt;
      return this.#repeats >= REPEATS && lastsMs >= PERSISTENT_MS;
    }
    const enough = error.code === QUERY_CANCELED ? REPEATS_OF_CANCELED : REPEATS;
    return this.#repeats >= enough || this.#mayBeDivided;
  }

  /** Whether the batch is being divided anyway, so that dividing it further does no harm. */
  get #mayBeDivided(): boolean {
    return this.#isPart && !this.#isAlone;
  }

  async #try(refusal: Refusal): Promise<Verdict> {
    const { error } = refusal;
    if (UNREADABLE.has(error.code)) {
      const state = await unlessAborted(this.#source.renew(), this.#signal);
      if (state === "changed" || state === undefined) {
        return again(error);
      }
      if (state !== "same") {
        return { kind: "again", error: state, isHeld: true };
      }
    }
    const { route, copyTimeoutMs } = this.#means;
    const writes = this.#source.load(true).parts.map(({ destination }) => destination.write());
    const empty = await tryEmptyCopy(route, writes, copyTimeoutMs, this.#signal);
    if (empty.kind !== "passed" && !isOfTrigger(empty)) {
      return this.#onNoPassage(empty);
    }
    return this.#isAlone ? this.#tryRow(refusal) : { kind: "rows", refusal, isDoubtful: true };
  }

  /** Not even a COPY of no rows passes. */
  #onNoPassage(empty: Exclude<TrialOutcome, { kind: "passed" }>): Verdict | Promise<Verdict> {
    if (empty.kind === "lost") {
      return again(empty.error);
    }
    const disposition = this.#dispositionOf(empty);
    const passes = disposition === "retry" || disposition === "wait";
    return passes ? again(empty.error) : this.#hold(empty.error);
  }

  async #tryRow(refusal: Refusal): Promise<Verdict> {
    const { route, copyTimeoutMs, sessions } = this.#means;
    for (let refusals = 1; ; refusals++) {
      const { destination, slice } = this.#source.load(true).parts[0]!;
      const write = destination.write();
      const insert = await tryInsert(route, write, slice, copyTimeoutMs, this.#signal);
      if (insert.kind === "lost") {
        return again(insert.error);
      }
      if (insert.kind === "passed") {
        // Only COPY refuses the row, or the problem has just passed.
        const isOver = ++this.#passes > passesToForgive(refusal, sessions);
        return isOver ? ofRow(refusal) : again(refusal.error);
      }
      // An internal error may be about the session: it counts if more trials fail than there are sessions.
      const isBelieved = !INTERNAL.test(insert.error.code) || refusals > sessions;
      if (isBelieved) {
        return this.#onRefusedInsert(insert, refusal);
      }
    }
  }

  #onRefusedInsert(refusal: Refusal, inCopy: Refusal): Verdict {
    const { error } = refusal;
    const isSame = error.code === inCopy.error.code;
    switch (this.#dispositionOf(refusal)) {
      case "refuse":
      case "doubtful":
        return ofRow(refusal);
      case "retry":
        return isSame ? ofRow(refusal) : again(error);
      case "wait":
        return again(error);
      case "hold":
        // The context of a COPY says that it is about a value; an INSERT has none.
        return isSame && dispositionOf(inCopy) === "doubtful"
          ? ofRow(refusal)
          : { kind: "again", error, isHeld: true };
    }
  }

  async #hold(error: PgServerError): Promise<Verdict> {
    return { kind: "again", error: (await this.#findMismatch()) ?? error, isHeld: true };
  }

  #findMismatch(): Promise<Error | undefined> {
    return unlessAborted(this.#source.load(true).findMismatch(), this.#signal);
  }
}

/** What may be about a session, or about other transactions, gets a chance for each session. */
function passesToForgive(refusal: Refusal, sessions: number): number {
  const isLasting = dispositionOf(refusal) === "doubtful" && !INTERNAL.test(refusal.error.code);
  return isLasting ? 1 : sessions;
}

/** Whether a statement-level trigger rejects a statement without rows: that says nothing of the table. */
function isOfTrigger(empty: TrialOutcome): boolean {
  return empty.kind === "refused" && dispositionOf(empty) === "refuse";
}

function again(error: Error): Verdict {
  return { kind: "again", error, isHeld: false };
}

function ofRow(refusal: Refusal): Verdict {
  return { kind: "rows", refusal, isDoubtful: false };
}
