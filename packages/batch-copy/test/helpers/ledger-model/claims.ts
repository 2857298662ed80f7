import { nextOwner } from "./ledger-read.js";
import { isEntryLocked } from "./locks.js";
import { sourceEnd, type Model } from "./model.js";
import { spend } from "./spend.js";
import {
  entryOf,
  ownSource,
  SOURCE,
  withEntry,
  withProcess,
  withTold,
  type Process,
  type State,
  type Step,
} from "./state.js";
import { synchronized } from "./synchronized.js";
import { processName } from "./words.js";

/**
 * Processes that open the named source. If nobody works on it any more and it is not at its end, one
 * does so again, as whoever operates them would see to it; otherwise it is a takeover.
 */
export function claimSteps(state: State, model: Model): Step[] {
  const end = sourceEnd(model.scenario);
  if (end === 0 || isEntryLocked(state, SOURCE)) {
    return [];
  }
  const free = state.processes.flatMap((process, index) => (mayClaim(process, end) ? [index] : []));
  if (state.processes.every((process) => mayClaim(process, end))) {
    const isAtEnd = entryOf(state.committed, SOURCE)?.position === end;
    return isAtEnd ? [] : free.slice(0, 1).map((index) => claim(state, index, model));
  }
  return state.left.takeovers === 0
    ? []
    : free.map((index) => claim(spend(state, "takeovers"), index, model));
}

/** Whether it has no source, or has nothing to do with it any more. */
function mayClaim({ isRunning, source, batches }: Process, end: number): boolean {
  const isDone = source === undefined || source.ended !== undefined || source.read === end;
  return !isRunning || (isDone && batches.length === 0);
}

function claim(state: State, index: number, model: Model): Step {
  const entry = entryOf(state.committed, SOURCE);
  const position = entry?.position ?? 0;
  const owner = nextOwner(state, entry, model);
  const claimed = { source: SOURCE, owner, position, claim: state.drawn };
  const process = {
    ...state.processes[index]!,
    isRunning: true,
    source: ownSource(state.drawn, owner, position),
  };
  // Whoever claims it reads what is not committed again, whatever became of it before.
  const rows = Array.from({ length: sourceEnd(model.scenario) }, (_, row) => row);
  const unread = withTold(state, rows.slice(position), "nothing");
  const committed = withEntry(state.committed, claimed);
  return {
    label: `${processName(index)} claims the source at position ${position}, as owner ${owner}`,
    state: withProcess(
      synchronized({ ...unread, committed, drawn: state.drawn + 1 }, model),
      index,
      process,
    ),
  };
}
