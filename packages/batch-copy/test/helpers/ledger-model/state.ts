import { rowCount, sourceEnd, type Faults, type Model, type Scenario } from "./model.js";

/** Something random: an owner, the name of a lane's source, a claim. */
export type Uuid = number;

/** The name of the named source. Lanes have random names. */
export const SOURCE: Uuid = 0;

/** A row of the ledger. */
export interface Entry {
  readonly source: Uuid;
  readonly owner: Uuid;
  readonly position: number;
  /** Which claim it is, which only the properties may know: owners may be equal, claims are not. */
  readonly claim: Uuid;
}

/** What is committed. */
export interface Database {
  /** How often each row is in the table. */
  readonly rows: readonly number[];
  /** How many dead letters each row has. */
  readonly letters: readonly number[];
  readonly ledger: readonly Entry[];
}

/** What a transaction's guard does to the ledger. */
export interface Move {
  readonly source: Uuid;
  readonly owner: Uuid;
  readonly old: number;
  readonly new: number;
  readonly claim: Uuid;
}

/** A transaction in progress. */
export interface Transaction {
  readonly process: number;
  /** The key of the batch that waits for its answer. */
  readonly batch: number;
  readonly rows: readonly number[];
  readonly letters: readonly number[];
  readonly moves: readonly Move[];
  /** `flushed`: it is in the WAL, and waits for the standby. */
  readonly phase: "begins" | "copies" | "guarded" | "flushed";
  /** How many rows it has copied: it holds their keys. */
  readonly copied: number;
  /** `cut`: CopyDone had been sent, so it may commit. `incomplete`: it can only fail. */
  readonly connection: "open" | "cut" | "incomplete";
}

/** A batch in progress. */
export interface Batch {
  /** The number of its first row. */
  readonly key: number;
  /** The positions of the named source that it covers; equal: none. */
  readonly old: number;
  readonly new: number;
  /** Its rows of plain calls. */
  readonly plain: readonly number[];
  /** The lane whose source guards the plain rows; undefined until it is sent. */
  readonly lane: number | undefined;
  /** `passed`: it is committed, and refused rows are still to be told of (a negative control). */
  readonly stage: "ready" | "sent" | "in doubt" | "guard failed" | "refusal unproven" | "passed";
  /** What a read of the ledger has found, and its client has not heard yet. */
  readonly reading: Reading | undefined;
  /** Whether all batches of the source before it were settled when it was sent. */
  readonly wasFirst: boolean;
  /** Whether an attempt has failed: batches after it wait. */
  readonly isFaltering: boolean;
  /** The row that an unproven refusal names. */
  readonly suspect: number | undefined;
  /** Rows that are refused: they are not sent again. */
  readonly refused: readonly number[];
  /** Those of them that nobody has been told of. */
  readonly untold: readonly number[];
}

/** What was read for a batch. */
export interface Reading {
  /** The rows of the ledger. */
  readonly ledger: readonly Entry[];
  /** The owner that the read has drawn for a source, if it has claimed it again. */
  readonly drawn: readonly { readonly source: Uuid; readonly owner: Uuid }[];
  /** What was known to be committed when it was asked. */
  readonly acknowledged: number;
}

/** A source, as the process that has claimed it knows it. */
export interface Held {
  readonly source: Uuid;
  readonly claim: Uuid;
  readonly owner: Uuid;
  /** The owners that are its own: the present one, and former ones. */
  readonly owners: readonly Uuid[];
}

/** The named source. */
export interface Source extends Held {
  /** What is known to be committed: `source.position`. */
  readonly acknowledged: number;
  /** The next position that its reader reads. */
  readonly read: number;
  /** Why it has ended. */
  readonly ended: undefined | "fenced" | "rewound" | "unknown";
}

/** A lane of a process: a source with a random name for its plain rows. */
export interface Lane extends Held {
  readonly position: number;
  /** The rows that were confirmed, by the position of their transaction. */
  readonly confirmed: readonly (readonly number[])[];
}

/** A client process. */
export interface Process {
  readonly isRunning: boolean;
  readonly source: Source | undefined;
  /** How many plain batches it has begun. */
  readonly plainBegun: number;
  readonly lanes: readonly (Lane | undefined)[];
  readonly batches: readonly Batch[];
}

/** What the application was told of a row. */
export type Told = "nothing" | "committed" | "refused" | "forgotten";

export interface State {
  readonly committed: Database;
  /** What the standby has; undefined once it is promoted, or if there is none. */
  readonly standby: Database | undefined;
  readonly transactions: readonly Transaction[];
  readonly processes: readonly Process[];
  readonly told: readonly Told[];
  readonly isForeignKeyThere: boolean;
  /** What may still go wrong. */
  readonly left: Faults;
  /** How many uuids have been drawn. */
  readonly drawn: number;
  /** Whether a server was promoted that may not have had everything. */
  readonly mayHaveForgotten: boolean;
  /** What a step did that must never be done. */
  readonly violation: string | undefined;
}

/** One step, in words, and where it leads to. */
export interface Step {
  readonly label: string;
  readonly state: State;
}

/** Nothing is written yet, and the first process holds the source. */
export function initialState({ scenario }: Model): State {
  const hasSource = sourceEnd(scenario) > 0;
  const zeros = Array.from({ length: rowCount(scenario) }, () => 0);
  const ledger = hasSource ? [{ source: SOURCE, owner: 1, position: 0, claim: 1 }] : [];
  const committed = { rows: zeros, letters: zeros, ledger };
  const standby = scenario.firstClaim === "replicated" ? committed : { ...committed, ledger: [] };
  const first: Process = {
    isRunning: true,
    source: hasSource ? ownSource(1, 1, 0) : undefined,
    plainBegun: 0,
    batches: [],
    lanes: lanesOf(scenario.plainBatches.length > 0 ? scenario.connections : 0),
  };
  return {
    committed,
    standby: scenario.faults.failovers > 0 ? standby : undefined,
    transactions: [],
    processes: scenario.processes === 2 ? [first, stopped(scenario)] : [first],
    told: zeros.map(() => "nothing"),
    isForeignKeyThere: scenario.foreignKey !== undefined,
    left: scenario.faults,
    drawn: 2,
    mayHaveForgotten: false,
    violation: undefined,
  };
}

/** A process that does not run, or dies: only the rows of the source can be read again. */
export function stopped({ plainBatches }: Scenario): Process {
  const plainBegun = plainBatches.length;
  return { isRunning: false, source: undefined, plainBegun, lanes: [], batches: [] };
}

function lanesOf(count: number): undefined[] {
  return Array.from({ length: count }, () => undefined);
}

/** A source that was just claimed. */
export function ownSource(claim: Uuid, owner: Uuid, position: number): Source {
  const positions = { acknowledged: position, read: position };
  return { source: SOURCE, claim, owner, owners: [owner], ...positions, ended: undefined };
}

/** The ledger's row of a source. */
export function entryOf({ ledger }: Pick<Database, "ledger">, source: Uuid): Entry | undefined {
  return ledger.find((entry) => entry.source === source);
}

/** Puts a row into the ledger, in place of the one that its source has. */
export function withEntry(database: Database, entry: Entry): Database {
  const others = database.ledger.filter(({ source }) => source !== entry.source);
  return { ...database, ledger: [...others, entry] };
}

export function withProcess(state: State, index: number, process: Process): State {
  return { ...state, processes: state.processes.with(index, process) };
}

/** The sources that a batch moves, in the order of their names. One that has ended is left alone. */
export function heldBy({ source, lanes }: Process, batch: Batch): Held[] {
  const lane = batch.lane === undefined ? undefined : lanes[batch.lane];
  const named = batch.new > batch.old && source?.ended === undefined ? source : undefined;
  return [named, lane].filter((held) => held !== undefined);
}

/** Puts other batches in the place of one, or none. */
export function withBatch(process: Process, batch: Batch, ...instead: Batch[]): Process {
  const batches = process.batches.flatMap((other) => (other.key === batch.key ? instead : [other]));
  return { ...process, batches };
}

/** Changes a batch in progress. */
export function change(state: State, index: number, batch: Batch, to: Partial<Batch>): State {
  const process = state.processes[index]!;
  return withProcess(state, index, withBatch(process, batch, { ...batch, ...to }));
}

export function withTold(state: State, rows: readonly number[], told: Told): State {
  return { ...state, told: state.told.map((was, row) => (rows.includes(row) ? told : was)) };
}

/** The positions of the named source that a batch covers. */
export function sourceRows(batch: Batch): number[] {
  return Array.from({ length: batch.new - batch.old }, (_, index) => batch.old + index);
}

/** All rows of a batch. */
export function rowsOf(batch: Batch): number[] {
  return [...sourceRows(batch), ...batch.plain];
}

/** The batch that a key stands for, while it is in progress. */
export function batchOf(state: State, process: number, key: number): Batch | undefined {
  return state.processes[process]?.batches.find((batch) => batch.key === key);
}

/** Whether all batches of the source before this one are settled. */
export function isFirst({ batches }: Process, { key }: Batch): boolean {
  return batches.find((batch) => sourceRows(batch).length > 0)?.key === key;
}
