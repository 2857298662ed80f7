import { sourceRows, withBatch, withProcess, type Batch, type State } from "./state.js";

/** The source has ended: its rows are whoever's holds it now. Plain rows go on alone. */
export function dropSource(state: State, index: number, batch: Batch): State {
  const positions = new Set(sourceRows(batch));
  const isPlain = (row: number): boolean => !positions.has(row);
  const rest: Batch = {
    ...batch,
    old: batch.new,
    suspect: undefined,
    refused: batch.refused.filter(isPlain),
    untold: batch.untold.filter(isPlain),
  };
  const process = state.processes[index]!;
  const instead = rest.plain.length > 0 ? [rest] : [];
  return withProcess(state, index, withBatch(process, batch, ...instead));
}
