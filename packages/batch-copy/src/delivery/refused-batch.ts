import type { Batch } from "../batch/batch.js";
import type { RowRange } from "../batch/units.js";
import type { Addresses, AddressedRows } from "./addresses.js";
import { BatchRows } from "./batch-rows.js";
import type { RejectedRow } from "./dead-letters.js";
import type { DoubtfulCommit, FailedFate, Fate, RefusedFate } from "./fate.js";
import { Isolation, type IsolationPort } from "./isolation.js";
import { LetterBox, type LetterBoxParts } from "./letter-box.js";
import { loadOf, type DeliveredSource, type Load } from "./load.js";
import { unlessAborted } from "./pause.js";
import type { Settlement } from "./settlement.js";
import type { Part } from "./slice-run.js";

/** What a refused batch works with. */
export interface RefusedBatchParts {
  readonly batch: Batch;
  readonly addresses: Addresses;
  readonly settlement: Pick<
    Settlement,
    "settleRows" | "settleKept" | "settleInvalid" | "settleSources" | "endSources"
  >;
  /** Writes a part of the batch in one transaction. */
  readonly deliver: (loadNow: (isFirst: boolean) => Load, part: Part) => Promise<Fate>;
  /** For the letters of rejected rows. */
  readonly letters: Omit<LetterBoxParts, "settle" | "isLost">;
}

/** A batch that was refused: its parts are written, and each of its rows is settled. */
export class RefusedBatch implements IsolationPort {
  readonly #parts: RefusedBatchParts;
  readonly #first: RefusedFate;
  readonly #box: LetterBox;
  #rows: BatchRows;
  #pages: Batch["pages"];
  #doubtful: DoubtfulCommit | undefined;
  #reported: Promise<unknown> | undefined;

  /** @param first the fate of the whole batch */
  constructor(parts: RefusedBatchParts, first: RefusedFate) {
    const { batch, letters } = parts;
    this.#parts = parts;
    this.#first = first;
    this.#rows = new BatchRows(batch);
    this.#pages = batch.pages;
    this.#doubtful = first.doubtful;
    this.#box = new LetterBox({
      ...letters,
      isLost: (row) => (batch.units?.endedRows(row, row + 1) ?? 0) > 0,
      settle: (row, fate, hasLetter) => this.#settleBoxed(row, fate, hasLetter),
    });
  }

  get rows(): number {
    return this.#parts.batch.rows;
  }

  /** Ends when every row is settled. */
  async run(): Promise<void> {
    const { batch } = this.#parts;
    await new Isolation(this, this.#first).run();
    if (!this.#box.isEmpty || batch.units !== undefined) {
      await this.#deliverRest(batch.rows);
    }
    await this.#untilReported();
  }

  unitAround(row: number): RowRange {
    return this.#parts.batch.units?.around(row) ?? { from: row, to: row + 1 };
  }

  async deliver(from: number, to: number): Promise<Fate> {
    if (this.#box.isFull) {
      await this.#deliverRest(from);
    }
    return this.#deliver(from, to);
  }

  settle(from: number, to: number, fate: Fate): void {
    const { batch, addresses } = this.#parts;
    if (fate.kind !== "refused" || isOfInsert(batch, from)) {
      this.#settle(from, to, fate);
      return;
    }
    const ranges = [...addresses.ranges(batch, this.#currentRows, from, to)];
    if (ranges.every(({ destination }) => destination.deadLetters === undefined)) {
      this.#settle(from, to, fate);
    } else {
      ranges.forEach((range) => this.#keep(range, fate));
    }
  }

  /** Rows of several tables that are rejected together may have different places for their letters. */
  #keep({ destination, rows, codec, from, to }: AddressedRows, fate: RefusedFate): void {
    const { deadLetters, table } = destination;
    if (deadLetters === undefined) {
      this.#settle(from, to, fate);
      return;
    }
    for (let position = from; position < to; position++) {
      const place = placeOf(this.#parts.batch, position);
      const fields = rows.fields(position);
      this.#box.add({ position, fate, table, fields, codec, deadLetters, place });
    }
  }

  #settle(from: number, to: number, fate: Fate): void {
    const { batch, settlement } = this.#parts;
    this.#report(settlement.settleRows(batch, this.#currentRows, from, to, fate));
  }

  /**
   * In a transaction without rows: the letters of the rows before this one, and the positions of their
   * sources.
   */
  async #deliverRest(to: number): Promise<void> {
    const fate = await this.#deliver(to, to);
    if (fate.kind === "refused") {
      this.#box.giveUp(fate);
    }
    if (fate.kind !== "committed") {
      this.#parts.settlement.endSources(this.#parts.batch, to, fate);
    }
    this.#parts.settlement.settleInvalid(this.#parts.batch);
    this.#parts.settlement.settleSources(this.#parts.batch);
  }

  /** No position passes a row before its handler is done. Rows without positions do not wait. */
  #report(reported: Promise<unknown> | undefined): void {
    if (this.#parts.batch.units !== undefined) {
      this.#reported = Promise.all([this.#reported, reported]);
    }
  }

  /** A handler may never be done: if the rows are given up, it is not waited for. */
  async #untilReported(): Promise<void> {
    if (this.#reported !== undefined) {
      await unlessAborted(this.#reported, this.#parts.letters.signal);
    }
  }

  async #deliver(from: number, to: number): Promise<Fate> {
    await this.#box.makeLetters();
    await this.#untilReported();
    const part = { doubtful: this.#doubtful, asideNow: () => this.#box.statements() };
    const { batch, addresses } = this.#parts;
    const range = { batch, rows: () => this.#currentRows, from, to };
    const loadNow = (isFirst: boolean): Load => loadOf(range, isFirst, addresses);
    const fate = await this.#parts.deliver(loadNow, part);
    switch (fate.kind) {
      case "refused":
        this.#doubtful ??= fate.doubtful;
        break;
      case "committed":
        this.#box.onCommit();
        this.#parts.settlement.settleInvalid(this.#parts.batch);
        break;
      default:
        this.#box.giveUp(fate);
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
    if (hasLetter) {
      const { batch, settlement } = this.#parts;
      settlement.settleKept(batch, this.#currentRows, row, fate);
    } else {
      this.#settle(row, row + 1, fate);
    }
  }
}

/** The source of a row and its position there. */
function placeOf({ units }: Batch, row: number): RejectedRow["place"] {
  const unit = units?.of(row);
  return unit && { source: (unit.source as DeliveredSource).name, position: unit.next - 1n };
}

/** Whether the caller of `insert()` waits for the row: its error is told to nobody else. */
function isOfInsert({ inserts }: Batch, row: number): boolean {
  return inserts.of(row) !== undefined;
}
