import type { Group } from "../contenders/contender.js";
import type { Sample, Watched } from "../run/sample.js";
import type { SpoolDisk } from "../run/spool-folder.js";

/** Where, when and how figures were measured. */
export interface Setting {
  readonly date: string;
  readonly command: string;
  readonly machine: string;
  /** The load average over a minute before the run. */
  readonly loadBefore: number;
  readonly versions: Readonly<Record<string, string>>;
  /** Of the server. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** A contender's result for a workload: a sample per round, or why it was not measured. */
export interface Figure {
  readonly contender: string;
  readonly label: string;
  readonly group: Group;
  readonly skips?: string;
  readonly rows: number;
  readonly samples: readonly Sample[];
  readonly failure?: string;
}

/** All contenders side by side. */
export interface WorkloadFigures {
  readonly workload: string;
  readonly description: string;
  readonly figures: readonly Figure[];
}

/** Rows per second by a variable. */
export interface CurveFigures {
  readonly name: string;
  readonly title: string;
  readonly xLabel: string;
  readonly xScale: "linear" | "log";
  readonly lines: readonly { readonly label: string; readonly points: readonly Point[] }[];
}

export interface Point {
  readonly x: number;
  readonly samples: readonly Sample[];
}

/** Commit latency by offered load. */
export interface LatencyLine {
  readonly label: string;
  readonly points: readonly LoadPoint[];
}

export interface LoadPoint {
  readonly perSecond: number;
  readonly samples: readonly Sample[];
}

/** The resident size of a process. */
export interface MemoryFigures {
  /** By the number of rows sent. */
  readonly sending: readonly MemoryLine[];
  /** By time; the table is locked for the first `stallSeconds`. */
  readonly stalled: readonly MemoryLine[];
  readonly stallSeconds: number;
}

export interface MemoryLine {
  readonly label: string;
  readonly watched: readonly Watched[];
}

/** Many tables over the connections of one group. */
export interface TablesFigures {
  /** By the number of tables. */
  readonly rate: CurveFigures;
  /** By the number of tables; each sample has `tableCosts`. */
  readonly costs: readonly Point[];
  /** Of `insert()` into one table while another one is locked. */
  readonly besideLocked: readonly LatencyLine[];
  /** `sendMany()` of rows whose keys are the names of the columns, and of others. */
  readonly names: readonly LabeledSamples[];
}

/** One of several runs that are compared. */
export interface LabeledSamples {
  readonly label: string;
  /** The label of the one that it is compared with, if that is a certain one. */
  readonly base?: string;
  /** One for each round. */
  readonly samples: readonly Sample[];
}

/** What the ledger costs. */
export interface LedgerFigures {
  /** A row a transaction, one after the other. */
  readonly lone: readonly LoneFigures[];
  /** Rows per second by the size of batches. */
  readonly rates: readonly RateFigures[];
  readonly sources: SourcesFigures;
  readonly oldSnapshot: SnapshotFigures;
}

export interface LoneFigures {
  /** The way to the server. */
  readonly way: string;
  /** How long a prepared SELECT took on that way. */
  readonly selectMs: number;
  readonly lines: readonly LabeledSamples[];
}

export interface RateFigures {
  /** The largest number of rows of a batch; undefined for the default. */
  readonly maxBatchRows?: number;
  readonly lines: readonly LabeledSamples[];
}

/** Many sources in one ledger. */
export interface SourcesFigures {
  /** In the ledger that is not empty. */
  readonly held: number;
  /** `insert()` beside an empty ledger, and beside one that holds the sources of others. */
  readonly besideInsert: readonly LabeledSamples[];
  /** The same of `sendMany()` in small batches. */
  readonly besideSendMany: readonly LabeledSamples[];
  /** The rows of many sources in shared batches, by the number of sources. */
  readonly rate: CurveFigures;
  /** Transactions of a row from each source, by the number of sources, and of as many plain rows. */
  readonly oneOfEach: CurveFigures;
}

/** A row a transaction, one after the other, while another session holds an old snapshot. */
export interface SnapshotFigures {
  readonly transactions: number;
  /** Each sample has `courseMs`. */
  readonly lines: readonly LabeledSamples[];
}

/** What the spool costs. */
export interface SpoolFigures {
  readonly disk: SpoolDisk;
  readonly ways: readonly SpoolWay[];
  readonly outage: OutageFigures;
}

/** One way to send rows: each sample has `acceptedSeconds`, and `latencyMs` of calls of `send()`. */
export interface SpoolWay {
  readonly label: string;
  /** How many callers of `send()` there are; undefined for `sendMany()`. */
  readonly callers?: number | undefined;
  /** Without a spool. */
  readonly plain: readonly Sample[];
  readonly spool: readonly Sample[];
  /** The same bytes, appended and synced in groups as large as the spool's; each sample has `syncs`. */
  readonly appended: readonly Sample[];
}

/** The table is locked, and the process ends when all rows are durable. Another one writes them. */
export interface OutageFigures {
  readonly rows: number;
  /** The first process, by time. */
  readonly filling: readonly MemoryLine[];
  /** The other one, and what COPY does with the same rows. */
  readonly draining: readonly LabeledSamples[];
}

/** Upserts into a table that holds `stored` rows already. */
export interface UpsertFigures {
  readonly description: string;
  readonly stored: number;
  readonly levels: readonly UpsertLevel[];
}

/** Some of the rows are in conflict with stored ones. */
export interface UpsertLevel {
  /** How many of a hundred. */
  readonly percent: number;
  readonly sizes: readonly BatchSize[];
}

/** All contenders side by side, with batches of one size. */
export interface BatchSize {
  readonly batchRows: number;
  readonly figures: readonly Figure[];
}

/** Loaders of files. */
export interface LoadFigures {
  readonly files: readonly FileFigures[];
  /** Without a wrong line, and with some; empty if that was not selected. */
  readonly dirty: readonly LoadFigure[];
  /** The same file in growing sizes; empty if that was not selected. */
  readonly memory: readonly FileFigures[];
}

/** All loaders of a file side by side. */
export interface FileFigures extends WorkloadFigures {
  readonly records: number;
  /** 0 if no loader could be measured. */
  readonly bytes: number;
  readonly figures: readonly LoadFigure[];
}

export interface LoadFigure extends Figure {
  readonly connections: number;
}

/** A guarded ratio: a contender's rate divided by that of another in the same run. */
export interface Ratio {
  readonly workload: string;
  readonly contender: string;
  readonly of: string;
  readonly ratio: number;
}

/** The figures of each part, as they are recorded. */
export interface Results {
  readonly throughput: readonly WorkloadFigures[];
  readonly latency: readonly LatencyLine[];
  readonly curves: readonly CurveFigures[];
  readonly memory: MemoryFigures;
  readonly tables: TablesFigures;
  readonly upsert: UpsertFigures;
  readonly ledger: LedgerFigures;
  readonly spool: SpoolFigures;
  readonly load: LoadFigures;
  readonly guard: readonly Ratio[];
}

/** A part's file. */
export interface Recorded<P extends keyof Results> {
  readonly setting: Setting;
  readonly figures: Results[P];
}
