import type { Model } from "./model.js";
import { refuse } from "./refusals.js";
import {
  batchOf,
  change,
  withBatch,
  withProcess,
  withTold,
  type Batch,
  type Lane,
  type Process,
  type State,
  type Transaction,
} from "./state.js";

/** What a client hears of its transaction. */
export type Answer =
  | { readonly kind: "committed" }
  | { readonly kind: "refused"; readonly row: number }
  | { readonly kind: "guard failed" }
  /** A deadlock, or the like: nothing is wrong with the rows. */
  | { readonly kind: "aborted" };

/** Tells the process that sent a transaction how it ended. */
export function deliver(
  state: State,
  transaction: Transaction,
  answer: Answer,
  model: Model,
): State {
  const index = transaction.process;
  const batch = batchOf(state, index, transaction.batch);
  if (batch === undefined) {
    return state;
  }
  switch (answer.kind) {
    case "committed":
      return settleCommitted(state, index, batch, model);
    case "refused":
      return refuse(state, index, batch, answer.row, model);
    case "guard failed":
      return change(state, index, batch, { stage: "guard failed", isFaltering: true });
    case "aborted":
      return change(state, index, batch, { stage: "ready", isFaltering: true });
  }
}

/** The position passes the batch; rows of plain calls are told. */
export function settleCommitted(state: State, index: number, batch: Batch, model: Model): State {
  const process = state.processes[index]!;
  const confirmed = batch.plain.filter((row) => !batch.refused.includes(row));
  const lanes = process.lanes.map((lane, number) =>
    lane !== undefined && number === batch.lane ? passed(lane, confirmed) : lane,
  );
  const { source } = process;
  const acknowledged = Math.max(source?.acknowledged ?? 0, batch.new);
  const settled: Process = {
    ...process,
    lanes,
    source: source && batch.new > batch.old ? { ...source, acknowledged } : source,
  };
  const isTold = batch.untold.length === 0;
  const rest = isTold ? [] : [{ ...batch, stage: "passed" as const, reading: undefined }];
  const told = withTold(state, confirmed, "committed");
  const isByLetter = model.scenario.rejects === "letters" && isTold;
  const letters = isByLetter ? batch.plain.filter((row) => batch.refused.includes(row)) : [];
  return withProcess(withTold(told, letters, "refused"), index, withBatch(settled, batch, ...rest));
}

function passed(lane: Lane, confirmed: readonly number[]): Lane {
  return { ...lane, position: lane.position + 1, confirmed: [...lane.confirmed, confirmed] };
}
