import { toError } from "../copy/call-out.js";
import type { OpenOutcome, Outcome } from "../copy/outcome.js";
import { StalledError } from "../copy/progress-watch.js";
import { runCopy, type CopyOrder } from "../copy/run-copy.js";
import { MAX_TIMER_MS } from "../max-timer-ms.js";
import type { LostBackend } from "../transaction/guard.js";
import { isServerError } from "../transaction/server-error.js";
import type { Statement } from "../transaction/statement.js";
import type { Refusal, Written } from "../transaction/write.js";
import { isForOperator } from "./disposition.js";
import type { DoubtfulCommit, Fate, TableWritten } from "./fate.js";
import type { Lane } from "./lane.js";
import type { Load } from "./load.js";
import type { Means } from "./means.js";
import { Patience } from "./patience.js";
import { pause, unlessAborted } from "./pause.js";
import { resolveDoubt } from "./resolve-doubt.js";
import { RunReport } from "./run-report.js";
import type { SliceSource } from "./slice-source.js";
import { Trial } from "./trial.js";
import type { Turn } from "./turns.js";

/** What the attempts of a batch need. */
export interface Permits {
  /** To write at all. */
  readonly lane: Lane;
  /** To commit. */
  readonly turn: Turn;
}

/** What the slice is, if it is a part of a batch that was refused. */
export interface Part {
  /** An earlier transaction with its rows that may have been committed. */
  readonly doubtful: DoubtfulCommit | undefined;
  /** What else is to be said in the next transaction that writes it. */
  readonly asideNow: () => readonly Statement[];
}

/**
 * Writes the rows of a slice in one transaction, with as many attempts as it takes. Never rejects; ends
 * at once when the signal aborts.
 *
 * No exception ends a batch. What pools, clients, streams and their wrappers throw is a failed attempt
 * (`runCopy` never rejects). What listeners throw is thrown again in a tick of its own (`callOut`).
 * After any other exception, the rows are handed back.
 *
 * @param permits the lane is held during each attempt, and neither between them nor afterwards
 */
export async function runSlice(
  means: Means,
  permits: Permits,
  source: SliceSource,
  signal: AbortSignal,
  part?: Part,
): Promise<Fate> {
  let run: SliceRun | undefined;
  try {
    run = new SliceRun(means, permits, source, signal, part);
    return await run.run();
  } catch (thrown) {
    const error = toError(thrown);
    return run?.fateAfter(error) ?? { kind: "lost", error };
  } finally {
    permits.lane.leave();
  }
}

/** Tries to write a slice until its fate is known. */
class SliceRun {
  readonly #means: Means;
  readonly #lane: Lane;
  readonly #turn: Turn;
  readonly #source: SliceSource;
  readonly #signal: AbortSignal;
  readonly #trial: Trial;
  readonly #patience: Patience;
  readonly #report: RunReport;
  readonly #part: Part | undefined;
  #stalls = 0;
  #doubtful: DoubtfulCommit | undefined;
  #load: Load | undefined;
  /** Whether the batches before it were settled when the attempt began. */
  #wasFirst = true;
  #outcome: Outcome | undefined;

  constructor(
    means: Means,
    { lane, turn }: Permits,
    source: SliceSource,
    signal: AbortSignal,
    part: Part | undefined,
  ) {
    this.#means = means;
    this.#lane = lane;
    this.#turn = turn;
    this.#source = source;
    this.#signal = signal;
    this.#part = part;
    this.#trial = new Trial(means, source, signal, part !== undefined);
    this.#doubtful = part?.doubtful;
    this.#patience = new Patience(means.retry, means.health, means.clock);
    this.#report = new RunReport(means);
  }

  async run(): Promise<Fate> {
    const { route, copyTimeoutMs } = this.#means;
    let fate: Fate | undefined;
    while (fate === undefined) {
      await this.#untilMayBegin();
      if (!(await this.#lane.enter())) {
        return this.#giveUp(this.#signal.reason as Error);
      }
      this.#wasFirst = this.#turn.isFirst;
      const load = this.#source.load(this.#wasFirst);
      const aside = this.#part?.asideNow() ?? [];
      if (load.isEmpty && aside.length === 0) {
        // Its sources have ended, or it is committed already.
        return { kind: "committed", written: [] };
      }
      this.#report.attempt(load);
      this.#load = load;
      const timeoutMs = Math.min(copyTimeoutMs * 2 ** this.#stalls, MAX_TIMER_MS);
      this.#outcome = undefined;
      const order = (): CopyOrder => this.#orderOf(load, aside);
      this.#outcome = await runCopy(route, order, timeoutMs, this.#signal);
      fate = await this.#judge(this.#outcome);
    }
    return fate;
  }

  #orderOf(load: Load, aside: readonly Statement[]): CopyOrder {
    const { rows, moves, isOfLane, parts } = load;
    const { chain } = this.#turn;
    const { onForgotten } = this.#means;
    const form = this.#part === undefined ? "batch" : "part";
    return {
      writes: parts.map(({ destination }) => destination.write()[form]),
      slices: parts.map(({ slice }) => slice),
      end: "COMMIT",
      gate: this.#turn,
      aside: [...aside, ...load.aside],
      guarded: { rows, moves, isOfLane, chain, onForgotten },
    };
  }

  /** Waits, without a lane, while a batch before it falters. */
  #untilMayBegin(): Promise<void> {
    return this.#waitWhile(() => !this.#turn.mayBegin);
  }

  /** Waits, without a lane, until the batches before it are settled. */
  async #untilFirst(): Promise<undefined> {
    await this.#waitWhile(() => !this.#turn.isFirst);
  }

  async #waitWhile(isTooEarly: () => boolean): Promise<void> {
    while (isTooEarly() && !this.#signal.aborted) {
      this.#leaveLane();
      let stopWaiting = noop;
      const called = new Promise<boolean>((resolve) => {
        stopWaiting = this.#turn.wait(resolve);
      });
      await unlessAborted(called, this.#signal);
      stopWaiting();
    }
  }

  /** The fate of the rows after an unexpected exception. */
  fateAfter(error: Error): Fate {
    const outcome = this.#outcome;
    if (outcome?.kind === "committed") {
      return { kind: "committed", written: this.#writtenBy(outcome.written) };
    }
    this.#doubtful ??= outcome?.kind === "unknown" ? outcome.doubt : undefined;
    return this.#giveUp(error);
  }

  /** The fate, or undefined after the pause before another attempt. */
  #judge(outcome: Outcome): Fate | undefined | Promise<Fate | undefined> {
    switch (outcome.kind) {
      case "committed":
        return this.#commit(this.#writtenBy(outcome.written), outcome.isLocalOnly);
      case "refused":
        return this.#onRefused(outcome);
      case "lost":
        // Without a pool no attempt can succeed.
        return outcome.isFinal
          ? this.#giveUp(outcome.error)
          : this.#onLost(outcome.error, outcome.backend);
      case "unknown":
        return this.#onUnknown(outcome);
      case "stopped":
        return this.#onStopped(outcome);
      case "withdrawn":
        return undefined;
    }
  }

  /** @param written of each table; undefined if it is not known, and so all that was sent */
  #writtenBy(written: readonly Written[] | undefined): readonly TableWritten[] {
    return this.#load!.parts.map(({ destination, slice }, index) => {
      const { rows } = slice;
      const ofTable = written?.[index] ?? { rows, updated: 0, ignored: 0 };
      return { sent: rows, counts: destination.counts, written: ofTable };
    });
  }

  #commit(written: readonly TableWritten[], isLocalOnly: boolean): Fate {
    this.#report.committed(written, isLocalOnly);
    return { kind: "committed", written };
  }

  /** Whether a source of the attempt has ended since it began. */
  get #hasEnded(): boolean {
    return this.#load?.moves.some(({ source }) => source.isEnded) === true;
  }

  async #onRefused(refusal: Refusal): Promise<Fate | undefined> {
    if (!this.#wasFirst && this.#turn.chain !== undefined) {
      // It may depend on rows of the batch before it.
      return this.#untilFirst();
    }
    if (this.#hasEnded) {
      // It may be about rows that the new owner has written.
      return undefined;
    }
    const verdict = await this.#trial.judge(refusal);
    if (verdict.kind === "rows") {
      this.#leaveLane();
      const { isDoubtful } = verdict;
      const { error, place, row: rowOfLoad, writing } = verdict.refusal;
      const row = rowOfLoad === undefined ? undefined : this.#load?.rowOf(rowOfLoad);
      const table = writing === undefined ? undefined : this.#load?.tables[writing];
      return { kind: "refused", error, place, row, table, isDoubtful, doubtful: this.#doubtful };
    }
    this.#report.refused(refusal.error, this.#trial.repeats);
    return this.#retry(verdict.error, verdict.isHeld);
  }

  #onStopped(outcome: OpenOutcome): Promise<Fate | undefined> {
    this.#leaveLane();
    if (this.#wasFirst) {
      return this.#resolve(unmoved(outcome));
    }
    // The batch before it was not committed yet.
    outcome.doubt.dismiss();
    return this.#untilFirst();
  }

  async #onLost(error: Error, backend: LostBackend | undefined): Promise<Fate | undefined> {
    this.#leaveAfterFailure();
    if (error instanceof StalledError) {
      this.#stalls++;
    }
    if (backend !== undefined) {
      await this.#endBackend(error, backend);
    }
    return this.#retry(error, isForOperator(error));
  }

  async #endBackend(error: Error, backend: LostBackend): Promise<void> {
    // A server that said why it ended the connection has no backend for it any more.
    if (!isServerError(error) && !this.#signal.aborted) {
      await unlessAborted(this.#means.lostBackends.end(backend), this.#signal);
    }
  }

  async #onUnknown(outcome: OpenOutcome): Promise<Fate | undefined> {
    const { error, doubt } = outcome;
    this.#leaveAfterFailure();
    if (doubt.backend !== undefined) {
      await this.#endBackend(error, doubt.backend);
    }
    return this.#resolve(outcome);
  }

  /** Looks up what became of a transaction. */
  async #resolve(outcome: OpenOutcome): Promise<Fate | undefined> {
    const { error, doubt } = outcome;
    const resolution = await resolveDoubt(outcome, this.#means, this.#patience, this.#signal);
    if (outcome.kind === "unknown") {
      this.#report.resolved(outcome, resolution);
    }
    if (outcome.kind === "stopped" && this.#hasEnded) {
      // Rows of others need no patience: what stopped them is left out.
      return undefined;
    }
    switch (resolution) {
      case "committed":
        return this.#commit(this.#writtenBy(undefined), false);
      case "aborted":
        return this.#retry(error, false);
      case "unknown":
        if (outcome.kind === "stopped") {
          // It was rolled back, whatever the ledger cannot tell.
          return this.#retry(error, false);
        }
        this.#doubtful = doubt;
        return doubt.mayBeWrittenAgain && this.#means.onInDoubt === "retry"
          ? this.#writeAgain(error)
          : this.#giveUp(error);
    }
  }

  async #writeAgain(error: Error): Promise<Fate | undefined> {
    const fate = await this.#retry(error, false);
    if (fate === undefined) {
      this.#report.writingAgain();
    }
    return fate;
  }

  /** Pauses before the next attempt, if there is to be one. */
  async #retry(error: Error, isHeld: boolean): Promise<Fate | undefined> {
    this.#leaveAfterFailure();
    const delayMs = this.#signal.aborted ? undefined : this.#patience.nextDelay(isHeld);
    if (delayMs === undefined) {
      return this.#giveUp(this.#signal.aborted ? (this.#signal.reason as Error) : error);
    }
    this.#report.retrying(error, delayMs, isHeld);
    await pause(this.#means.clock, delayMs, this.#signal);
    return this.#signal.aborted ? this.#giveUp(this.#signal.reason as Error) : undefined;
  }

  /** Others get the lane, and know by then that the table fails. */
  #leaveAfterFailure(): void {
    const { health, clock } = this.#means;
    health.noteFailure(clock.now());
    this.#leaveLane();
  }

  /** Those after it must not take the lane: they would be held back until this has one again. */
  #leaveLane(): void {
    this.#turn.falter();
    this.#lane.leave();
  }

  #giveUp(error: Error): Fate {
    const { xid, source } = this.#doubtful ?? {};
    return this.#doubtful === undefined
      ? { kind: "lost", error }
      : { kind: "unknown", error, xid, source };
  }
}

/** The server's own words name a parameter that nobody knows. */
function unmoved(outcome: OpenOutcome): OpenOutcome {
  const { error: cause, doubt } = outcome;
  const source = JSON.stringify(doubt.source);
  return { ...outcome, error: new Error(`the ledger did not move source ${source}`, { cause }) };
}

function noop(): void {}
