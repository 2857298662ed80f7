import { registrationCount } from "../codecs/registered-types.js";
import type { WritableColumn } from "./field-writer.js";
import { RowFormat } from "./row-format.js";

interface KnownFormat {
  /** Weak, so that a format goes when no table is open that needs it. */
  readonly format: WeakRef<RowFormat<object>>;
  readonly origin: string | undefined;
}

/**
 * The formats of many tables. Tables with the same columns share one: a thousand formats would each have
 * generated code of their own, which the engine would not run often enough to optimize it.
 */
export class RowFormats {
  #known: KnownFormat[] = [];

  /**
   * The format for rows with these columns.
   *
   * @param fingerprint of the columns, if they were taken from the catalog: most of their codecs, such as
   * those of `varchar(20)` and arrays, are made anew for each table, and are the same nevertheless
   */
  of<Row extends object>(columns: readonly WritableColumn[], fingerprint?: string): RowFormat<Row> {
    const origin = fingerprint && `${registrationCount()} ${fingerprint}`;
    this.#known = this.#known.filter(({ format }) => format.deref() !== undefined);
    const same = this.#known.find((known) => {
      const isOfOrigin = origin !== undefined && known.origin === origin;
      return isOfOrigin || known.format.deref()?.isFor(columns);
    });
    const format = same?.format.deref() ?? new RowFormat<object>(columns);
    if (same === undefined) {
      this.#known.push({ format: new WeakRef(format), origin });
    }
    return format as RowFormat<never>;
  }
}
