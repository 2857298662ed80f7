import { isEntryLocked } from "./locks.js";
import type { Model } from "./model.js";
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
  const name = describeBatch(index, batch);
  switch (batch.stage) {
    case "in doubt":
      if (model.protocol.resolve === "never") {
        const ready = change(state, index, batch, { stage: "ready", isFaltering: true });
        return [{ label: `${name} does not resolve its doubt`, state: ready }];
      }
      return [...read(state, index, batch, model), ...readUnheard(state, index, batch, model)];
    case "guard failed":
    case "refusal unproven":
      return read(state, index, batch, model);
    default:
      return [];
  }
}

/** In one transaction: reads the rows, makes those that are ours its own again, and commits. */
function read(state: State, index: number, batch: Batch, model: Model): Step[] {
  const name = describeBatch(index, batch);
  if (model.protocol.read === "plain") {
    const { label, state: judged } = judge(state, index, batch, model);
    return [{ label: `${name} reads the ledger with a plain SELECT: ${label}`, state: judged }];
  }
  if (isLocked(state, index, batch)) {
    return [];
  }
  const confirmed = confirm(reclaim(state, index, batch, model), index, model);
  const { label, state: judged } = judge(confirmed, index, batch, model);
  return [{ label: `${name} reads the ledger FOR UPDATE: ${label}`, state: judged }];
}

/** The COMMIT of the read takes effect, but the connection is cut: it is read again. */
function readUnheard(state: State, index: number, batch: Batch, model: Model): Step[] {
  const { cuts } = state.left;
  const isPossible =
    cuts > 0 && model.protocol.read === "for update" && model.protocol.reclaim !== "never";
  if (!isPossible || isLocked(state, index, batch)) {
    return [];
  }
  const reclaimed = reclaim(state, index, batch, model);
  const label = `${describeBatch(index, batch)} claims again what it reads, and does not hear of it`;
  return [{ label, state: spend(reclaimed, "cuts") }];
}

function isLocked(state: State, index: number, batch: Batch): boolean {
  return heldBy(state.processes[index]!, batch).some(({ source }) => isEntryLocked(state, source));
}

/** Gives what is still ours a new owner, so that the transaction in doubt can never commit. */
function reclaim(state: State, index: number, batch: Batch, model: Model): State {
  return heldBy(state.processes[index]!, batch).reduce<State>((before, held) => {
    const entry = entryOf(before.committed, held.source);
    const isOurs = entry !== undefined && held.owners.includes(entry.owner);
    // A failover may have lost that we have claimed it again.
    const isFormer = isOurs && entry.owner !== held.owner;
    return isOurs && (isFormer || mustReclaim(batch, model))
      ? drawOwner(before, index, entry, model)
      : before;
  }, state);
}

function mustReclaim(batch: Batch, { protocol: { reclaim: when } }: Model): boolean {
  return when === "at every read" || (when === "after a doubt" && batch.stage === "in doubt");
}

function drawOwner(state: State, index: number, entry: Entry, model: Model): State {
  const owner = nextOwner(state, entry, model);
  const process = renew(state.processes[index]!, entry.source, owner);
  const committed = withEntry(state.committed, { ...entry, owner });
  return withProcess({ ...state, committed, drawn: state.drawn + 1 }, index, process);
}

/** The owner that the next claim of a source draws. */
export function nextOwner(state: State, entry: Entry | undefined, { protocol }: Model): Uuid {
  return protocol.owner === "uuid" ? state.drawn : (entry?.owner ?? 0) + 1;
}

function renew(process: Process, source: Uuid, owner: Uuid): Process {
  return mapHeld(process, (held) =>
    held.source === source ? { ...held, owner, owners: [...held.owners, owner] } : held,
  );
}

/** The COMMIT of the read is confirmed. */
function confirm(state: State, index: number, model: Model): State {
  const synced = synchronized(state, model);
  return model.protocol.formerOwners === "ours"
    ? synced
    : withProcess(
        synced,
        index,
        mapHeld(synced.processes[index]!, (held) => ({ ...held, owners: [held.owner] })),
      );
}

function mapHeld(process: Process, map: <T extends Held>(held: T) => T): Process {
  return {
    ...process,
    source: process.source && map(process.source),
    lanes: process.lanes.map((lane) => lane && map(lane)),
  };
}
