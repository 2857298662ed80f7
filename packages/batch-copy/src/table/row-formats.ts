import type { WritableColumn } from "./field-writer.js";
import { RowFormat } from "./row-format.js";

/** A format, and the columns that it is for. */
interface Known {
  readonly columns: readonly WritableColumn[];
  readonly format: RowFormat<object>;
}

/**
 * The formats of many tables. Tables with the same columns share one: a thousand formats would each have
 * generated code of their own, which the engine would not run often enough to optimize it.
 */
export class RowFormats {
  /** By the keys of their columns. */
  readonly #known = new Map<string, Known[]>();

  /** The format for rows with these columns. */
  of<Row extends object>(columns: readonly WritableColumn[]): RowFormat<Row> {
    const keys = JSON.stringify(columns.map(({ key }) => key));
    const known = this.#known.get(keys) ?? [];
    let found = known.find((candidate) => areSame(candidate.columns, columns));
    if (found === undefined) {
      found = { columns, format: new RowFormat(columns) };
      this.#known.set(keys, [...known, found]);
    }
    return found.format as RowFormat<never>;
  }
}

/** With the same number of columns and the same keys. */
function areSame(some: readonly WritableColumn[], others: readonly WritableColumn[]): boolean {
  return some.every((one, index) => {
    const other = others[index]!;
    return (
      one.name === other.name &&
      one.isNullable === other.isNullable &&
      one.codec === other.codec &&
      one.default === other.default &&
      one.makeDefault === other.makeDefault
    );
  });
}
