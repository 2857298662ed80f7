import { isSameKey } from "./locks.js";
import { rowCount, sourceEnd, type Model } from "./model.js";
import { entryOf, SOURCE, type Lane, type Source, type State } from "./state.js";

/** What must hold in each state. Returns what does not, in words. */
export function violationOf(state: State, model: Model): string | undefined {
  return (
    state.violation ??
    rowsOnce(state, model) ??
    ledgerAgrees(state, model) ??
    refusedStaysOut(state) ??
    confirmedIsThere(state) ??
    acknowledgedIsThere(state)
  );
}

/** What must hold once nothing more can happen. */
export function shortcomingOf(state: State, model: Model): string | undefined {
  const end = sourceEnd(model.scenario);
  const position = entryOf(state.committed, SOURCE)?.position ?? 0;
  if (position < end) {
    return `nothing goes on, and the source stands at ${position} of ${end}`;
  }
  const [process] = state.processes;
  const untold = state.told.findIndex((told, row) => row >= end && told === "nothing");
  return process !== undefined && process.lanes.length > 0 && untold >= 0
    ? `nothing goes on, and nobody was told of row ${untold}`
    : falselyRefused(state, model);
}

/** No row is in the table, or among the dead letters, twice, or in both. */
function rowsOnce(
  { committed: { rows, letters } }: State,
  { scenario }: Model,
): string | undefined {
  for (let row = 0; row < rowCount(scenario); row++) {
    if (rows[row]! + letters[row]! > 1) {
      return `row ${row} is ${rows[row]} times in the table and has ${letters[row]} letters`;
    }
  }
  return undefined;
}

/** Rows below the source's position are settled, and those above it are not written. */
function ledgerAgrees({ committed, told }: State, { scenario }: Model): string | undefined {
  const position = entryOf(committed, SOURCE)?.position ?? 0;
  for (let row = 0; row < sourceEnd(scenario); row++) {
    const isWritten = committed.rows[row]! + committed.letters[row]! > 0;
    if (row < position && !isWritten && told[row] !== "refused") {
      return `the position has passed row ${row}, which is lost`;
    }
    if (row >= position && isWritten) {
      return `row ${row} is written, and the position has not passed it`;
    }
  }
  return undefined;
}

function refusedStaysOut({ told, committed }: State): string | undefined {
  const row = told.findIndex((what, index) => what === "refused" && committed.rows[index]! > 0);
  return row < 0 ? undefined : `row ${row} was reported refused, and is in the table`;
}

/** Until a server has forgotten, what was confirmed is there; afterwards, as far as lanes still agree. */
function confirmedIsThere(state: State): string | undefined {
  const { committed, told, mayHaveForgotten } = state;
  const row = told.findIndex((what, index) => what === "committed" && committed.rows[index] === 0);
  if (row >= 0 && (!mayHaveForgotten || isVouchedFor(state, row))) {
    return `row ${row} was reported committed, and is not in the table`;
  }
  const present = told.findIndex(
    (what, index) => what === "forgotten" && committed.rows[index]! > 0,
  );
  return present < 0 ? undefined : `row ${present} was reported forgotten, and is in the table`;
}

function isVouchedFor(state: State, row: number): boolean {
  return state.processes.some(({ lanes }) =>
    lanes.some((lane) => lane?.confirmed.flat().includes(row) === true && agrees(state, lane)),
  );
}

function agrees({ committed }: State, lane: Lane): boolean {
  const entry = entryOf(committed, lane.source);
  return entry?.position === lane.position && lane.owners.includes(entry.owner);
}

/** `source.position` is never ahead of the ledger, unless a server has forgotten. */
function acknowledgedIsThere({
  committed,
  processes,
  mayHaveForgotten,
}: State): string | undefined {
  const position = entryOf(committed, SOURCE)?.position ?? 0;
  const isAhead = (source: Source | undefined): boolean =>
    source !== undefined && source.acknowledged > position;
  return !mayHaveForgotten && processes.some(({ source }) => isAhead(source))
    ? "a source was told a position that is not committed"
    : undefined;
}

/** A row is refused only for its own sake, or for another one that has its key, or had it. */
function falselyRefused(state: State, model: Model): string | undefined {
  const { committed, told, mayHaveForgotten } = state;
  const { scenario } = model;
  const hasReason = (row: number): boolean =>
    scenario.refused.includes(row) ||
    scenario.keys?.[row] === scenario.foreignKey ||
    committed.rows.some(
      (count, other) =>
        other !== row && (count > 0 || mayHaveForgotten) && isSameKey(row, other, model),
    );
  const row = told.findIndex((what, index) => {
    const isRefused = what === "refused" || committed.letters[index]! > 0;
    return isRefused && !hasReason(index);
  });
  return row < 0 ? undefined : `row ${row} was refused for no reason of its own`;
}
