/** A row in a table of the database. */
interface WrittenRow {
  readonly source: string;
  readonly number: number;
  readonly id: number;
}

interface Position {
  owner: string;
  position: number;
}

interface Commit {
  readonly source: string;
  readonly owner: string;
  /** The number of the first of the rows. */
  readonly from: number;
  readonly ids: readonly number[];
}

/** The ledger and the tables of a database. Each call is a transaction. */
export class SimulatedDatabase {
  readonly #now: () => number;
  readonly #positions = new Map<string, Position>();
  readonly rows: WrittenRow[] = [];
  readonly #log: { readonly at: number; readonly undo: () => void }[] = [];
  isAway = false;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Makes it the owner of a source. Returns the number of the first row that is not committed. */
  claim(source: string, owner: string): number {
    this.#connect();
    const former = this.#positions.get(source);
    const position = former?.position ?? 0;
    this.#positions.set(source, { owner, position });
    this.#note(() => {
      if (former === undefined) {
        this.#positions.delete(source);
      } else {
        this.#positions.set(source, former);
      }
    });
    return position;
  }

  /** As the ledger has it. */
  position(source: string): number {
    this.#connect();
    return this.#positions.get(source)?.position ?? 0;
  }

  /** Returns false if the source has another owner, or stands elsewhere. */
  commit({ source, owner, from, ids }: Commit): boolean {
    this.#connect();
    const former = this.#positions.get(source);
    if (former?.owner !== owner || former.position !== from) {
      return false;
    }
    this.#positions.set(source, { owner, position: from + ids.length });
    this.rows.push(...ids.map((id, index) => ({ source, number: from + index, id })));
    this.#note(() => {
      this.#positions.set(source, former);
      this.rows.length -= ids.length;
    });
    return true;
  }

  /** A failover to a server that has nothing of what was committed since then. */
  forget(since: number): void {
    while (this.#log.length > 0 && this.#log.at(-1)!.at > since) {
      this.#log.pop()!.undo();
    }
  }

  #connect(): void {
    if (this.isAway) {
      throw new DatabaseAway();
    }
  }

  #note(undo: () => void): void {
    this.#log.push({ at: this.#now(), undo });
  }
}

export class DatabaseAway extends Error {}
