/** The decisions of the protocol, each with what else might have been decided. */
export interface Protocol {
  /** Whether a transaction moves the ledger's rows, and fails if it cannot. */
  readonly guard: boolean;
  /** What a claim draws: a random uuid, or the next number after that of the ledger. */
  readonly owner: "uuid" | "counter";
  /** Whether what is true is read FOR UPDATE, in a transaction whose commit is awaited. */
  readonly read: "for update" | "plain";
  /** Whether a doubt is resolved before the rows are sent again. */
  readonly resolve: "before sending again" | "never";
  /**
   * Which reads give a source that is still ours a new owner, so that transactions which were sent
   * before must fail.
   */
  readonly reclaim: "after a doubt" | "at every read" | "never";
  /**
   * Which refusals are put to a read of the ledger before they are believed. A source may have been
   * fenced, and then its rows meet the keys of those that the other owner has written.
   */
  readonly proveRefusals: "of sources" | "of all" | "never";
  /**
   * Where that is read: over the connection that told of the refusal, or else the rows are sent again;
   * or over any. Another one may lead to a server that never refused the row.
   */
  readonly proveOver: "the same connection" | "any connection";
  /** When a refusal is believed: it may depend on rows of a batch before it, which is not committed yet. */
  readonly believe: "in its turn" | "at once";
  /**
   * With which position that is read is compared: what was known to be committed when it was asked, or
   * what is known when the answer is heard, which commits over other connections may have overtaken.
   */
  readonly rewound: "since it was asked" | "since it is heard";
  /** Whether a row that has one of this process's former owners is still its own. */
  readonly formerOwners: "ours" | "another's";
  /**
   * What keeps batches of one source in order: advisory locks, perhaps those that are known to be held
   * before the next batch is sent; only the guard; or CopyDone, which the client holds back.
   */
  readonly chain: "locks" | "locks, known to be held" | "none" | "CopyDone";
  /** When a batch that has failed is sent again. */
  readonly sendAgain: "in its turn" | "at once";
  /** Whether a refused row has its letter, or its `onReject`, before the position passes it. */
  readonly settleRefused: "before passing" | "after passing";
}

/** The protocol of the ledger. `controls.ts` has what goes wrong with other decisions. */
export const PROTOCOL: Protocol = {
  guard: true,
  owner: "uuid",
  read: "for update",
  resolve: "before sending again",
  reclaim: "after a doubt",
  proveRefusals: "of sources",
  proveOver: "the same connection",
  believe: "in its turn",
  rewound: "since it was asked",
  formerOwners: "ours",
  chain: "locks",
  sendAgain: "in its turn",
  settleRefused: "before passing",
};

/** Maximum numbers of what goes wrong in one run. */
export interface Faults {
  /** Connections that are cut. The backend may live on. */
  readonly cuts: number;
  /** Client processes that are killed. */
  readonly crashes: number;
  /** Promotions of the standby. */
  readonly failovers: number;
  /** Claims of a source that another process still holds. */
  readonly takeovers: number;
}

/** What is written, by how many, and what may go wrong. */
export interface Scenario {
  readonly name: string;
  /** Ends of the batches of the named source: positions. None: there is no named source. */
  readonly sourceBatches: readonly number[];
  /** Rows of plain calls, by batch. Their numbers follow those of the source. */
  readonly plainBatches: readonly (readonly number[])[];
  /** Processes that may hold the source. */
  readonly processes: 1 | 2;
  /** Batches that one process has in progress. */
  readonly connections: 1 | 2;
  /** The unique key of each row; undefined: the table has none. */
  readonly keys: readonly number[] | undefined;
  /** Rows that the server always refuses. */
  readonly refused: readonly number[];
  /** For each row, the one that must be in the table before it, as a foreign key demands. */
  readonly parents: readonly (number | undefined)[];
  /** A key that another application's row has at first, and deletes at any moment. */
  readonly foreignKey: number | undefined;
  /** What becomes of refused rows. */
  readonly rejects: "letters" | "onReject";
  /** What isolates a refused row: the ERROR names it, or the batch is split. */
  readonly isolation: "named" | "split";
  /** Whether a commit waits for the standby. */
  readonly replication: "asynchronous" | "synchronous";
  /** Whether the standby has the row that the first claim has inserted. */
  readonly firstClaim: "replicated" | "not replicated";
  readonly faults: Faults;
}

export interface Model {
  readonly scenario: Scenario;
  readonly protocol: Protocol;
}

/** The number of rows of the named source, which have the first numbers. */
export function sourceEnd({ sourceBatches }: Scenario): number {
  return sourceBatches.at(-1) ?? 0;
}

/** The number of all rows. */
export function rowCount(scenario: Scenario): number {
  return sourceEnd(scenario) + scenario.plainBatches.flat().length;
}

/** Whether batches of a source take advisory locks. */
export function hasLocks({ chain }: Protocol): boolean {
  return chain === "locks" || chain === "locks, known to be held";
}
