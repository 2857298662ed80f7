import type { Model } from "./model.js";
import {
  change,
  rowsOf,
  sourceRows,
  withBatch,
  withProcess,
  withTold,
  type Batch,
  type State,
  type Step,
} from "./state.js";
import { describeBatch } from "./words.js";

/** The server has refused a row. Every doubt about earlier attempts is resolved. */
export function refuse(
  state: State,
  index: number,
  batch: Batch,
  row: number,
  model: Model,
): State {
  const isOfSource = sourceRows(batch).length > 0;
  if (isOfSource && !batch.wasFirst && model.protocol.believe === "in its turn") {
    return change(state, index, batch, { stage: "ready", isFaltering: true });
  }
  return mustProve(batch, model)
    ? change(state, index, batch, { stage: "refusal unproven", suspect: row, isFaltering: true })
    : believe(state, index, batch, row, model);
}

function mustProve(batch: Batch, { protocol: { proveRefusals } }: Model): boolean {
  const isOfSource = batch.new > batch.old;
  return proveRefusals === "of all" || (proveRefusals === "of sources" && isOfSource);
}

/** Takes a refused row out of its batch, or finds it by splitting the batch. */
export function believe(
  state: State,
  index: number,
  batch: Batch,
  row: number,
  model: Model,
): State {
  const failed = {
    ...batch,
    stage: "ready",
    reading: undefined,
    isFaltering: true,
    suspect: undefined,
  } as const;
  const remaining = rowsOf(batch).filter((other) => !batch.refused.includes(other));
  if (model.scenario.isolation === "split" && remaining.length > 1) {
    const process = withBatch(state.processes[index]!, batch, ...split(failed));
    return withProcess(state, index, process);
  }
  const needsCall =
    model.scenario.rejects === "onReject" || model.protocol.settleRefused === "after passing";
  return change(state, index, batch, {
    ...failed,
    refused: [...batch.refused, row],
    untold: needsCall ? [...batch.untold, row] : batch.untold,
  });
}

/** Splits a batch after its first row. The unit of isolation is the position. */
function split(batch: Batch): Batch[] {
  if (batch.new > batch.old) {
    const middle = batch.old + 1;
    return [part(batch, { new: middle, plain: [] }), part(batch, { old: middle })];
  }
  const [first, ...others] = batch.plain;
  return [part(batch, { plain: [first!] }), part(batch, { plain: others, lane: undefined })];
}

/** A part of a batch. It has a lane only if it has plain rows. */
function part(batch: Batch, what: Partial<Batch>): Batch {
  const all = { ...batch, ...what };
  const rows = rowsOf(all);
  return {
    ...all,
    key: rows[0]!,
    lane: all.plain.length > 0 ? all.lane : undefined,
    refused: all.refused.filter((row) => rows.includes(row)),
    untold: all.untold.filter((row) => rows.includes(row)),
  };
}

/** Tells of a refused row: `onReject` is awaited, or (a negative control) a letter is written late. */
export function tell(state: State, index: number, batch: Batch, model: Model): Step[] {
  const [row, ...untold] = batch.untold;
  const when = model.protocol.settleRefused === "before passing" ? "ready" : "passed";
  if (row === undefined || batch.stage !== when) {
    return [];
  }
  const isLetter = model.scenario.rejects === "letters";
  const letters = state.committed.letters.with(row, state.committed.letters[row]! + 1);
  const told = isLetter
    ? { ...state, committed: { ...state.committed, letters } }
    : withTold(state, [row], "refused");
  const isOver = when === "passed" && untold.length === 0;
  const after = change(told, index, batch, { untold });
  const settled = { ...batch, untold };
  return [
    {
      label: `${describeBatch(index, batch)} tells that row ${row} is refused`,
      state: isOver
        ? withProcess(after, index, withBatch(after.processes[index]!, settled))
        : after,
    },
  ];
}
