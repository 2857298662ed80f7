import type { RowRange } from "../batch/units.js";
import type { Fate, RefusedFate } from "./fate.js";

/** What isolation works with: rows are numbered from 0, ranges end before `to`. */
export interface IsolationPort {
  readonly rows: number;
  /**
   * Tries to commit the rows by themselves. If there is only one and it is refused, the verdict is
   * final.
   */
  deliver(from: number, to: number): Promise<Fate>;
  /** Called once for each row. */
  settle(from: number, to: number, fate: Fate): void;
  /** The rows that are written together with this one, or not at all. */
  unitAround(row: number): RowRange;
}

/** Rows that were refused together: at least one of them is the reason. */
interface Failure {
  readonly from: number;
  readonly to: number;
  readonly fate: RefusedFate;
}

/**
 * Finds the refused rows of a batch, and commits the others.
 *
 * **Prefix first**: when row N is refused, the rows before it are committed by themselves. If that
 * succeeds, N is the cause; if not, the search continues among them, and N is tried again. This keeps
 * the order of rows, lets a row refer to an earlier one, and refuses the later of two duplicates. If
 * the server does not name a row, the first half is tried, and so on. If the error is doubtful, the
 * row is tried alone.
 *
 * **By windows**: after a refusal not all the rest is sent, but twice as many rows as lay between the
 * last two refusals, doubling while that succeeds. Otherwise each refused row would cost a transfer
 * of the whole batch.
 */
export class Isolation {
  readonly #port: IsolationPort;
  /** Rows before this one are settled. */
  #start = 0;
  #window: number;
  /** The row after the last refused one. */
  #afterRefused = 0;
  #failure: Failure | undefined;

  /** @param fate of the whole batch */
  constructor(port: IsolationPort, fate: RefusedFate) {
    this.#port = port;
    this.#window = port.rows;
    this.#failure = { from: 0, to: port.rows, fate };
  }

  /** Ends when every row is settled. */
  async run(): Promise<void> {
    while (this.#start < this.#port.rows) {
      if (this.#failure === undefined) {
        await this.#tryWindow();
      } else {
        await this.#narrow(this.#failure);
      }
    }
  }

  async #tryWindow(): Promise<void> {
    const end = Math.min(this.#port.rows, this.#start + this.#window);
    if (await this.#try(this.#port.unitAround(end - 1).to)) {
      this.#window *= 2;
    }
  }

  async #narrow({ from, to, fate }: Failure): Promise<void> {
    const isAlone = from === this.#start && to === this.#firstUnit.to;
    if (isAlone) {
      this.#refuse(fate);
      return;
    }
    if (fate.row === undefined) {
      // Half of the rows; or the last of its range, which was not alone yet.
      await this.#try(this.#middle(to));
      return;
    }
    const culprit = this.#port.unitAround(from + fate.row).from;
    if (culprit > this.#start) {
      await this.#tryBefore(culprit, fate);
    } else {
      await this.#blame(fate);
    }
  }

  get #firstUnit(): RowRange {
    return this.#port.unitAround(this.#start);
  }

  /** Where a unit begins near the middle of the rows up to `to`; after the first one, if that is long. */
  #middle(to: number): number {
    const middle = this.#port.unitAround(this.#start + ((to - this.#start) >> 1)).from;
    return middle > this.#start ? middle : this.#firstUnit.to;
  }

  async #tryBefore(culprit: number, fate: RefusedFate): Promise<void> {
    if (await this.#try(culprit)) {
      await this.#blame(fate);
    }
  }

  /** The first row that is not settled is named by the error. */
  async #blame(fate: RefusedFate): Promise<void> {
    if (fate.isDoubtful) {
      this.#failure = undefined;
      await this.#try(this.#firstUnit.to);
    } else {
      this.#refuse(fate);
    }
  }

  /** Tries the rows up to `to`; says whether they are committed. */
  async #try(to: number): Promise<boolean> {
    const from = this.#start;
    const fate = await this.#port.deliver(from, to);
    if (fate.kind === "refused") {
      this.#failure = { from, to, fate };
      return false;
    }
    // If rows are given up, so are all rows after them.
    this.#settleUpTo(fate.kind === "lost" ? this.#port.rows : to, fate);
    return fate.kind === "committed";
  }

  #settleUpTo(to: number, fate: Fate): void {
    this.#port.settle(this.#start, to, fate);
    this.#start = to;
    if (this.#failure !== undefined && this.#failure.to <= to) {
      this.#failure = undefined;
    }
  }

  /** Refuses the first row that is not settled, and those of its unit. */
  #refuse(fate: RefusedFate): void {
    const { from, to } = this.#firstUnit;
    this.#start = to;
    this.#port.settle(from, to, fate);
    this.#window = 2 * (this.#start - this.#afterRefused);
    this.#afterRefused = this.#start;
    this.#failure = undefined;
  }
}
