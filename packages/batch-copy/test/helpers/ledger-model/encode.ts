import {
  entryOf,
  SOURCE,
  type Batch,
  type Database,
  type Held,
  type Process,
  type State,
  type Transaction,
  type Uuid,
} from "./state.js";

/** A uuid that nothing refers to any more: such uuids differ from all others, and in nothing else. */
const UNKNOWN = "?";

/**
 * Encodes a state as a string that is equal for states which behave the same: uuids are numbered in the
 * order in which they are found, the order of transactions does not matter, and what can have no effect
 * any more is left out.
 *
 * @param counts whether owners are numbers that are compared, and not random
 */
export function encode(state: State, counts: boolean): string {
  const names = new Names(counts);
  const sources = [SOURCE, ...lanesOf(state)];
  const committed = encodeDatabase(state.committed, sources, names);
  const standby = state.standby && encodeDatabase(state.standby, sources, names);
  const live = new Set(
    [...state.committed.ledger, ...(state.standby?.ledger ?? [])].map(({ owner }) => owner),
  );
  const processes = state.processes.map((process) => encodeProcess(process, live, names));
  const transactions = state.transactions.map((transaction) =>
    encodeTransaction(transaction, names),
  );
  const { cuts, crashes, failovers, takeovers } = state.left;
  const rest = `${cuts}${crashes}${failovers}${takeovers}${Number(state.isForeignKeyThere)}${Number(state.mayHaveForgotten)}`;
  const told = state.told.map((what) => what[0]).join("");
  return `${committed}|${standby}|${processes.join("/")}|${transactions.toSorted().join("/")}|${told}|${rest}|${state.violation}`;
}

class Names {
  readonly #names = new Map<Uuid, number>();
  readonly #counts: boolean;

  constructor(counts: boolean) {
    this.#counts = counts;
  }

  /** The number of a uuid, which gets one if it has none. */
  of(uuid: Uuid): number {
    const name = this.#names.get(uuid) ?? this.#names.size;
    this.#names.set(uuid, name);
    return name;
  }

  known(uuid: Uuid): number | string {
    return this.#names.get(uuid) ?? UNKNOWN;
  }

  /** Owners are compared with those of the ledger only, which come first. */
  owner(owner: Uuid): number | string {
    return this.#counts ? owner : this.known(owner);
  }

  entryOwner(owner: Uuid): number {
    return this.#counts ? owner : this.of(owner);
  }
}

function lanesOf({ processes }: State): Uuid[] {
  return processes.flatMap(({ lanes }) => lanes.flatMap((lane) => (lane ? [lane.source] : [])));
}

/** Sources that no process knows are those of dead lanes. */
function encodeDatabase(database: Database, sources: readonly Uuid[], names: Names): string {
  const entries = sources.map((source) => {
    const entry = entryOf(database, source);
    return entry === undefined
      ? "-"
      : `${names.of(source)}.${names.entryOwner(entry.owner)}.${names.of(entry.claim)}.${entry.position}`;
  });
  return `${database.rows.join("")},${database.letters.join("")},${entries.join(",")}`;
}

function encodeProcess(process: Process, live: ReadonlySet<Uuid>, names: Names): string {
  const { source, lanes, batches } = process;
  const named =
    source && `${held(source, live, names)}${source.acknowledged}${source.read}${source.ended}`;
  const own = lanes.map(
    (lane) => lane && `${held(lane, live, names)}${lane.position}:${lane.confirmed.join(";")}`,
  );
  return `${Number(process.isRunning)}${process.plainBegun}[${named}][${own.join(" ")}][${batches.map(encodeBatch).join(" ")}]`;
}

function held(known: Held, live: ReadonlySet<Uuid>, names: Names): string {
  const owners = known.owners.filter((owner) => live.has(owner)).map((owner) => names.owner(owner));
  return `${names.known(known.source)}.${names.known(known.claim)}.${names.owner(known.owner)}.${owners.join("+")}.`;
}

function encodeBatch(batch: Batch): string {
  const { key, old, plain, lane, stage, isFaltering, suspect, refused, untold } = batch;
  return `${key}.${old}.${batch.new}.${plain.join("+")}.${lane}.${stage}.${Number(isFaltering)}.${suspect}.${refused.join("+")}.${untold.join("+")}`;
}

function encodeTransaction(transaction: Transaction, names: Names): string {
  const { process, batch, rows, letters, moves, phase, copied, connection } = transaction;
  const moved = moves.map(
    (move) =>
      `${names.known(move.source)}.${names.owner(move.owner)}.${names.known(move.claim)}.${move.old}.${move.new}`,
  );
  const listener = connection === "open" ? `${process}.${batch}` : "";
  return `${listener}.${rows.join("+")}.${letters.join("+")}.${moved.join(",")}.${phase}.${copied}.${connection}`;
}
