import type { Batch } from "../batch/batch.js";
import type { Slice } from "../copy/copy-writer.js";
import { rowFields } from "../copy/row-fields.js";
import { BatchRows } from "./batch-rows.js";
import type { DoubtfulCommit, FailedFate, Fate, RefusedFate } from "./fate.js";
import { Isolation, type IsolationPort } from "./isolation.js";
import { LetterBox, type LetterBoxParts } from "./letter-box.js";
import type { Settlement } from "./settlement.js";
import type { Part } from "./slice-run.js";

/** What a refused batch works with. */
export interface RefusedBatchParts {
  readonly batch: Batch;
  readonly settlement: Pick<Settlement<object>, "settleRows" | "settleKept">;
  /** Writes a part of the batch in one transaction. */
  readonly deliver: (sliceOf: () => Slice, part: Part) => Promise<Fate>;
  /** Where rejected rows are kept, if they are. */
  readonly letters: Omit<LetterBoxParts, "settle"> | undefined;
}

/** A batch that was refused: its parts are written, and each of its rows is settled. */
export class RefusedBatch implements IsolationPort {
  readonly #parts: RefusedBatchParts;
  readonly #first: RefusedFate;
  readonly #box: LetterBox | undefined;
  #rows: BatchRows;
  #pages: Batch["pages"];
  #doubtful: DoubtfulCommit | undefined;

  /** @param first the fate of the whole batch */
  constructor(parts: RefusedBatchParts, first: RefusedFate) {
    const { batch, letters } = parts;
    this.#parts = parts;
    this.#first = first;
    this.#rows = new BatchRows(batch);
    this.#pages = batch.pages;
    this.#doubtful = first.doubtful;
    this.#box =
      letters &&
      new LetterBox({
        ...letters,
        settle: (row, fate, hasLetter) => this.#settleBoxed(row, fate, hasLetter),
      });
  }

  get rows(): number {
    return this.#parts.batch.rows;
  }

  /** Ends when every row is settled. */
  async run(): Promise<void> {
    await new Isolation(this, this.#first).run();
    if (this.#box?.isEmpty === false) {
      await this.#deliverLetters();
    }
  }

  async deliver(from: number, to: number): Promise<Fate> {
    if (this.#box?.isFull === true) {
      await this.#deliverLetters();
    }
    return this.#deliver(from, to);
  }

  settle(from: number, to: number, fate: Fate): void {
    const { batch, settlement } = this.#parts;
    if (fate.kind === "refused" && this.#box !== undefined && !isOfInsert(batch, from)) {
      const fields = rowFields(this.#currentRows.slice(from, to));
      this.#box.add({ position: from, fate, fields, codec: batch.codec });
    } else {
      settlement.settleRows(batch, this.#currentRows, from, to, fate);
    }
  }

  /** In a transaction without rows. */
  async #deliverLetters(): Promise<void> {
    const fate = await this.#deliver(0, 0);
    if (fate.kind === "refused") {
      this.#box?.giveUp(fate);
    }
  }

  async #deliver(from: number, to: number): Promise<Fate> {
    const aside = (await this.#box?.statements()) ?? [];
    const part = { doubtful: this.#doubtful, aside };
    const fate = await this.#parts.deliver(() => this.#currentRows.slice(from, to), part);
    switch (fate.kind) {
      case "refused":
        this.#doubtful ??= fate.doubtful;
        break;
      case "committed":
        this.#box?.onCommit();
        break;
      default:
        this.#box?.giveUp(fate);
    }
    return fate;
  }

  /** The rows may have been encoded again. */
  get #currentRows(): BatchRows {
    const { batch } = this.#parts;
    if (batch.pages !== this.#pages) {
      this.#pages = batch.pages;
      this.#rows = new BatchRows(batch);
    }
    return this.#rows;
  }

  #settleBoxed(row: number, fate: FailedFate, hasLetter: boolean): void {
    const { batch, settlement } = this.#parts;
    if (hasLetter) {
      settlement.settleKept(batch, this.#currentRows, row, fate);
    } else {
      settlement.settleRows(batch, this.#currentRows, row, row + 1, fate);
    }
  }
}

/** Whether the caller of `insert()` waits for the row: its error is told to nobody else. */
function isOfInsert({ inserts }: Batch, row: number): boolean {
  return inserts.of(row) !== undefined;
}
