import {
  entryOf,
  SOURCE,
  type Batch,
  type Database,
  type Held,
  type Process,
  type Reading,
  type State,
  type Transaction,
  type Uuid,
} from "./state.js";

/**
 * Encodes a state as a string that is equal for states which behave the same: uuids are numbered in the
 * order in which the ledger has them, the order of transactions does not matter, and what can have no
 * effect any more is left out.
 *
 * @param counts whether owners are numbers that are compared, and not random
 */
export function encode(state: State, counts: boolean): string {
  const names = new Names(counts);
  const code = new Code();
  const sources = sourcesOf(state);
  code.number(sources.length);
  writeDatabase(code, state.committed, sources, names);
  code.number(state.standby === undefined ? 0 : 1);
  if (state.standby !== undefined) {
    writeDatabase(code, state.standby, sources, names);
  }
  for (const process of state.processes) {
    writeProcess(code, process, names);
  }
  code.words(state.told);
  const { cuts, crashes, failovers, takeovers } = state.left;
  code.list([cuts, crashes, failovers, takeovers]);
  code.flag(state.isForeignKeyThere);
  code.flag(state.mayHaveForgotten);
  const transactions = state.transactions.map((transaction) => transactionCode(transaction, names));
  return `${code.toString()}${transactions.toSorted().join("")}${state.violation ?? ""}`;
}

/** Numbers as characters. Lists begin with their length, so that no two states have the same code. */
class Code {
  readonly #codes: number[] = [];

  number(number: number | undefined): void {
    this.#codes.push(number === undefined ? 0 : number + 2);
  }

  flag(flag: boolean): void {
    this.#codes.push(Number(flag));
  }

  list(numbers: readonly (number | undefined)[]): void {
    this.#codes.push(numbers.length);
    for (const number of numbers) {
      this.number(number);
    }
  }

  /** Words that differ in their first and third letters. */
  word(word: string | undefined): void {
    this.#codes.push(word === undefined ? 0 : word.charCodeAt(0) * 256 + word.charCodeAt(2));
  }

  words(words: readonly string[]): void {
    for (const word of words) {
      this.word(word);
    }
  }

  toString(): string {
    return String.fromCharCode(...this.#codes);
  }
}

/** A uuid that the ledger does not have, and so behaves as all such uuids do. */
const UNKNOWN = -1;

class Names {
  readonly #names: Uuid[] = [];
  readonly #counts: boolean;

  constructor(counts: boolean) {
    this.#counts = counts;
  }

  /** The number of a uuid, which gets one if it has none. */
  of(uuid: Uuid): number {
    const index = this.#names.indexOf(uuid);
    return index < 0 ? this.#names.push(uuid) - 1 : index;
  }

  /** Its number, if the ledger has it. */
  known(uuid: Uuid): number {
    const index = this.#names.indexOf(uuid);
    return index < 0 ? UNKNOWN : index;
  }

  owner(owner: Uuid): number {
    return this.#counts ? owner : this.known(owner);
  }

  ownerOf(entry: { readonly owner: Uuid }): number {
    return this.#counts ? entry.owner : this.of(entry.owner);
  }
}

/** The sources that matter: those that a process holds, and those of the dead that a transaction moves. */
function sourcesOf({ processes, transactions }: State): Uuid[] {
  const sources = [SOURCE];
  for (const { lanes } of processes) {
    for (const lane of lanes) {
      if (lane !== undefined) {
        sources.push(lane.source);
      }
    }
  }
  for (const { moves } of transactions) {
    for (const { source } of moves) {
      if (!sources.includes(source)) {
        sources.push(source);
      }
    }
  }
  return sources;
}

function writeDatabase(
  code: Code,
  database: Database,
  sources: readonly Uuid[],
  names: Names,
): void {
  code.list(database.rows);
  code.list(database.letters);
  for (const source of sources) {
    const entry = entryOf(database, source);
    code.number(entry?.position);
    if (entry !== undefined) {
      code.number(names.of(source));
      code.number(names.ownerOf(entry));
      code.number(names.of(entry.claim));
    }
  }
}

function writeProcess(code: Code, process: Process, names: Names): void {
  const { isRunning, source, plainBegun, lanes, batches } = process;
  code.flag(isRunning);
  code.number(plainBegun);
  writeHeld(code, source, names);
  code.list([source?.acknowledged, source?.read]);
  code.word(source?.ended);
  code.number(lanes.length);
  for (const lane of lanes) {
    writeHeld(code, lane, names);
    code.number(lane?.position);
    lane?.confirmed.forEach((rows) => code.list(rows));
  }
  code.number(batches.length);
  for (const batch of batches) {
    writeBatch(code, batch);
    writeReading(code, batch.reading, process, names);
  }
}

/** Whose a row is that was read does not change any more. */
function writeReading(
  code: Code,
  reading: Reading | undefined,
  process: Process,
  names: Names,
): void {
  code.number(reading?.acknowledged);
  for (const held of [process.source, ...process.lanes]) {
    const entry = reading && held && entryOf(reading, held.source);
    const drawn = reading?.drawn.find(({ source }) => source === held?.source);
    code.number(entry?.position);
    if (entry !== undefined && held !== undefined) {
      code.flag(held.owners.includes(entry.owner));
      code.flag(held.claim === entry.claim);
      code.number(drawn && names.owner(drawn.owner));
    }
  }
}

/** Former owners matter as long as a ledger has them. */
function writeHeld(code: Code, held: Held | undefined, names: Names): void {
  code.number(held === undefined ? 0 : 1);
  if (held !== undefined) {
    const owners = held.owners.map((owner) => names.owner(owner));
    code.list([names.known(held.source), names.known(held.claim), names.owner(held.owner)]);
    code.list(owners.filter((owner) => owner !== UNKNOWN));
  }
}

function writeBatch(code: Code, batch: Batch): void {
  code.list([batch.key, batch.old, batch.new, batch.lane, batch.suspect]);
  code.list(batch.plain);
  code.word(batch.stage);
  code.flag(batch.isFaltering);
  code.flag(batch.wasFirst);
  code.list(batch.refused);
  code.list(batch.untold);
}

function transactionCode(transaction: Transaction, names: Names): string {
  const { process, batch, rows, letters, moves, phase, copied, connection } = transaction;
  const code = new Code();
  // Nobody hears of the end of another one.
  code.list(connection === "open" ? [process, batch] : []);
  code.list(rows);
  code.list(letters);
  for (const move of moves) {
    const { old, new: to } = move;
    code.list([
      names.known(move.source),
      names.owner(move.owner),
      names.known(move.claim),
      old,
      to,
    ]);
  }
  code.word(phase);
  code.number(copied);
  code.word(connection);
  return code.toString();
}
