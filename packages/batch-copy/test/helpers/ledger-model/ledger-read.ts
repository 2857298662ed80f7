import { isEntryLocked } from "./locks.js";
import type { Model, Protocol } from "./model.js";
import { spend } from "./spend.js";
import {
  change,
  entryOf,
  heldBy,
  withEntry,
  withProcess,
  type Batch,
  type Entry,
  type Held,
  type Process,
  type Reading,
  type State,
  type Step,
  type Uuid,
} from "./state.js";
import { synchronized } from "./synchronized.js";
import { judge } from "./verdict.js";
import { describeBatch } from "./words.js";

/** Reads what is true, for each batch that is in doubt or whose guard has failed. */
export function readSteps(state: State, model: Model): Step[] {
  return state.processes.flatMap(({ isRunning, batches }, index) =>
    isRunning ? batches.flatMap((batch) => readFor(state, index, batch, model)) : [],
  );
}

function readFor(state: State, index: number, batch: Batch, model: Model): Step[] {
  if (batch.reading !== undefined) {
    return [hear(state, index, batch, batch.reading, model), ...lose(state, index, batch)];
  }
  switch (batch.stage) {
    case "in doubt":
      if (model.protocol.resolve === "never") {
        const label = `${describeBatch(index, batch)} does not resolve its doubt`;
        return [{ label, state: change(state, index, batch, { stage: "ready" }) }];
      }
      return read(state, index, batch, model);
    case "guard failed":
    case "refusal unproven":
      return read(state, index, batch, model);
    default:
      return [];
  }
}

/** Reads the rows, makes those that are ours its own again, and commits, in one transaction. */
function read(state: State, index: number, batch: Batch, model: Model): Step[] {
  const process = state.processes[index]!;
  const all = heldBy(process, batch);
  const { protocol } = model;
  if (protocol.read === "for update" && all.some(({ source }) => isEntryLocked(state, source))) {
    return [];
  }
  const claimed = all.filter((held) => mustClaim(state, held, batch, protocol));
  const after = claimed.reduce((before, held) => claimAgain(before, index, held, model), state);
  const { ledger } = after.committed;
  const reading = {
    ledger: all.flatMap(({ source }) => entryOf({ ledger }, source) ?? []),
    drawn: claimed.map(({ source }) => ({ source, owner: entryOf({ ledger }, source)!.owner })),
    acknowledged: process.source?.acknowledged ?? 0,
  };
  const how = protocol.read === "plain" ? "with a plain SELECT" : "FOR UPDATE";
  const again = claimed.length > 0 ? ", and claims what is its own again" : "";
  return [
    {
      label: `${describeBatch(index, batch)} reads the ledger ${how}${again}`,
      state: change(after, index, batch, { reading }),
    },
  ];
}

/** Whether a source that is ours gets a new owner, so that a transaction in doubt can never commit. */
function mustClaim({ committed }: State, held: Held, batch: Batch, protocol: Protocol): boolean {
  const entry = entryOf(committed, held.source);
  if (entry === undefined || !held.owners.includes(entry.owner) || protocol.read === "plain") {
    return false;
  }
  // A failover may have lost that it was claimed again.
  const isFormer = entry.owner !== held.owner;
  const isInDoubt = protocol.reclaim === "after a doubt" && batch.stage === "in doubt";
  return isFormer || isInDoubt || protocol.reclaim === "at every read";
}

/** Nobody may ever know whether this is committed, so both owners are ours from now on. */
function claimAgain(state: State, index: number, { source }: Held, model: Model): State {
  const entry = entryOf(state.committed, source)!;
  const owner = nextOwner(state, entry, model);
  const process = mapHeld(state.processes[index]!, (held) =>
    held.source === source ? { ...held, owners: [...held.owners, owner] } : held,
  );
  const committed = withEntry(state.committed, { ...entry, owner });
  return withProcess({ ...state, committed, drawn: state.drawn + 1 }, index, process);
}

/** The owner that the next claim of a source draws. */
export function nextOwner(state: State, entry: Entry | undefined, { protocol }: Model): Uuid {
  return protocol.owner === "uuid" ? state.drawn : (entry?.owner ?? 0) + 1;
}

/** The COMMIT of the read is confirmed, which a synchronous standby has then. */
function hear(state: State, index: number, batch: Batch, reading: Reading, model: Model): Step {
  const process = mapHeld(state.processes[index]!, (held) => {
    const drawn = reading.drawn.find(({ source }) => source === held.source);
    const owner = drawn?.owner ?? held.owner;
    return {
      ...held,
      owner,
      owners: model.protocol.formerOwners === "ours" ? held.owners : [owner],
    };
  });
  const heard = withProcess(state, index, process);
  const awaited = model.protocol.read === "plain" ? heard : synchronized(heard, model);
  const { label, state: judged } = judge(awaited, index, batch, reading, model);
  return { label: `${describeBatch(index, batch)} hears that ${label}`, state: judged };
}

/** The connection of the read is cut, and whether it was committed is not known: it reads again. */
function lose(state: State, index: number, batch: Batch): Step[] {
  const label = `${describeBatch(index, batch)} does not hear what it has read`;
  return state.left.cuts > 0
    ? [{ label, state: change(spend(state, "cuts"), index, batch, { reading: undefined }) }]
    : [];
}

function mapHeld(process: Process, map: <T extends Held>(held: T) => T): Process {
  return {
    ...process,
    source: process.source && map(process.source),
    lanes: process.lanes.map((lane) => lane && map(lane)),
  };
}
