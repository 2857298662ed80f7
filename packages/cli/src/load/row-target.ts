import type { Copier, EncodedRows, Source } from "batch-copy";

/** Where encoded rows go. */
export interface RowTarget {
  /** Where the records end that are settled: written, or told to be rejected. */
  readonly settled: number;
  /** Sends rows, the last of which ends here. Resolves when they are accepted. */
  send(rows: EncodedRows, end: number): Promise<void>;
  /** Says that there is nothing to write before this place. */
  advance(end: number): Promise<void>;
  /** Resolves when everything that was sent is settled. */
  flush(): Promise<void>;
}

/** A source of the ledger: it knows where to go on. */
export class LedgerTarget implements RowTarget {
  readonly #source: Source<object>;

  constructor(source: Source<object>) {
    this.#source = source;
  }

  get settled(): number {
    return Number(this.#source.position);
  }

  send(rows: EncodedRows): Promise<void> {
    return this.#source.sendEncoded(rows);
  }

  advance(end: number): Promise<void> {
    return end > this.settled ? this.#source.advance(end) : Promise.resolve();
  }

  flush(): Promise<void> {
    return this.#source.flush();
  }
}

/** Without a ledger, nobody says how far the rows are; after so many bytes of the file, all are awaited. */
const UNSETTLED_BYTES = 32 * 2 ** 20;

/** A table, where there is no ledger or the file cannot be read again. */
export class TableTarget implements RowTarget {
  readonly #copier: Copier<object>;
  settled: number;
  #sent: number;

  constructor(copier: Copier<object>, start: number) {
    this.#copier = copier;
    this.settled = start;
    this.#sent = start;
  }

  async send(rows: EncodedRows, end: number): Promise<void> {
    await this.#copier.sendEncoded(rows);
    this.#sent = end;
    if (end - this.settled > UNSETTLED_BYTES) {
      await this.flush();
    }
  }

  async advance(): Promise<void> {}

  async flush(): Promise<void> {
    await this.#copier.flush();
    this.settled = this.#sent;
  }
}

/** Nowhere, for `--dry-run`. */
export class NoTarget implements RowTarget {
  settled = 0;

  async send(_: EncodedRows, end: number): Promise<void> {
    this.settled = end;
  }

  async advance(): Promise<void> {}

  async flush(): Promise<void> {}
}
