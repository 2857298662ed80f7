import type { WritableColumn } from "./field-writer.js";
import { RowFormat } from "./row-format.js";

/**
 * The formats of many tables. Tables with the same columns share one: a thousand formats would each have
 * generated code of their own, which the engine would not run often enough to optimize it.
 */
export class RowFormats {
  /** Weak, so that a format goes when no table is open that needs it. */
  #known: WeakRef<RowFormat<object>>[] = [];

  /** The format for rows with these columns. */
  of<Row extends object>(columns: readonly WritableColumn[]): RowFormat<Row> {
    this.#known = this.#known.filter((known) => known.deref() !== undefined);
    for (const known of this.#known) {
      const format = known.deref();
      if (format?.isFor(columns) === true) {
        return format as RowFormat<never>;
      }
    }
    const format = new RowFormat<Row>(columns);
    this.#known.push(new WeakRef(format as RowFormat<never>));
    return format;
  }
}
