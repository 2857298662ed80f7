import type { Hole, SalvageVisitor } from "./find-holes.js";
import type { FrameHeader } from "./frame.js";
import type { StoredForm } from "./stored-form.js";

/** The rows of a table that were seen. */
interface SeenRows {
  /** The number after that of the last one. */
  readonly end: number;
  /** What was seen since: whether the numbers up to the next row are those of rows that are lost now. */
  readonly since: "nothing" | "hole" | "former hole";
}

/**
 * Follows the rows of a damaged stream: which can be kept, and how many are lost. These are told by the numbers
 * of the rows around them, so that the last ones of a table are not counted.
 */
export class LostRows implements SalvageVisitor {
  readonly #forms = new Map<number, StoredForm>();
  /** The numbers of tables, by those of their forms. */
  readonly #tables = new Map<number, number>();
  readonly #seen = new Map<number, SeenRows>();
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** All that were found so far. */
  get forms(): readonly (readonly [number, StoredForm])[] {
    return [...this.#forms];
  }

  onForm(number: number, form: StoredForm): void {
    this.#forms.set(number, form);
    this.learn(number, form);
  }

  /** Notes a form of the stream: that of a header which is damaged, perhaps. */
  learn(number: number, { table }: StoredForm): void {
    this.#tables.set(number, table);
  }

  /** Rows below this number were committed, and may be missing. */
  onSettled(table: number, row: number): void {
    const seen = this.#seen.get(table);
    if (seen !== undefined && seen.end < row) {
      this.#seen.set(table, { end: row, since: "nothing" });
    }
  }

  mayKeep(frame: FrameHeader): boolean {
    const table = this.#tables.get(frame.form);
    const seen = table === undefined ? undefined : this.#seen.get(table);
    if (table === undefined || (seen !== undefined && frame.firstRow < seen.end)) {
      return false;
    }
    this.#countUpTo(frame.firstRow, seen);
    this.#seen.set(table, { end: frame.firstRow + frame.rows, since: "nothing" });
    return true;
  }

  onVoid(): void {
    for (const [table, { end }] of this.#seen) {
      this.#seen.set(table, { end, since: "former hole" });
    }
  }

  onHole(_hole: Hole, frame: FrameHeader | undefined): void {
    if (frame?.kind === "void") {
      this.onVoid();
    }
    for (const [table, { end, since }] of this.#seen) {
      this.#seen.set(table, { end, since: since === "nothing" ? "hole" : since });
    }
    const table = frame?.kind === "rows" ? this.#tables.get(frame.form) : undefined;
    if (table !== undefined && frame !== undefined) {
      this.#noteLost(table, frame);
    }
  }

  /** The header of a frame is valid, and its rows are not. */
  #noteLost(table: number, { firstRow, rows }: FrameHeader): void {
    const seen = this.#seen.get(table);
    if (seen === undefined || firstRow >= seen.end) {
      this.#countUpTo(firstRow, seen);
      this.#count += rows;
      this.#seen.set(table, { end: firstRow + rows, since: "hole" });
    }
  }

  #countUpTo(row: number, seen: SeenRows | undefined): void {
    if (seen?.since === "hole") {
      this.#count += row - seen.end;
    }
  }
}
