import type { Model } from "./model.js";
import { withEntry, withProcess, type Lane, type Process, type State, type Step } from "./state.js";
import { synchronized } from "./synchronized.js";
import { processName } from "./words.js";

/** A lane's source has a random name, so it is claimed by an INSERT, before its first use. */
export function claimLane(state: State, index: number, model: Model): Step[] {
  const process = state.processes[index]!;
  const number = process.lanes.indexOf(undefined);
  const isNeeded =
    process.plainBegun < model.scenario.plainBatches.length ||
    process.batches.some(({ plain, lane }) => plain.length > 0 && lane === undefined);
  if (number < 0 || !isNeeded) {
    return [];
  }
  const source = state.drawn;
  const owner = state.drawn + 1;
  const held = { source, owner, owners: [owner], claim: owner };
  const lane: Lane = { ...held, position: 0, confirmed: [] };
  const committed = withEntry(state.committed, { source, owner, position: 0, claim: owner });
  const claimed = synchronized({ ...state, committed, drawn: state.drawn + 2 }, model);
  return [
    {
      label: `${processName(index)} inserts the source of lane ${number}, with a new name`,
      state: withProcess(claimed, index, { ...process, lanes: process.lanes.with(number, lane) }),
    },
  ];
}

/** A lane that no batch uses. */
export function freeLane({ lanes, batches }: Process): number | undefined {
  const free = lanes.findIndex(
    (lane, number) => lane !== undefined && batches.every((batch) => batch.lane !== number),
  );
  return free < 0 ? undefined : free;
}
