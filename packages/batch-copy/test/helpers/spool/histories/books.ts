/** What the sender of a row knows: nothing yet, or what `append` said. */
export type RowState = "pending" | "acknowledged" | "rejected" | "in doubt";

interface SentRow {
  readonly stream: string;
  readonly table: number;
  /** In its table. */
  readonly number: number;
  state: RowState;
}

/** Every row of a history, and what its sender was told. */
export class Books {
  readonly #rows: SentRow[] = [];

  /** Returns the number of the row in the history. */
  add(row: Omit<SentRow, "state">): number {
    this.#rows.push({ ...row, state: "pending" });
    return this.#rows.length - 1;
  }

  settle(ids: readonly number[], state: RowState): void {
    for (const id of ids) {
      this.#rows[id]!.state = state;
    }
  }

  get(id: number): SentRow | undefined {
    return this.#rows[id];
  }

  count(state: RowState): number {
    return this.#rows.filter((row) => row.state === state).length;
  }

  entries(): IterableIterator<[number, SentRow]> {
    return this.#rows.entries();
  }
}
