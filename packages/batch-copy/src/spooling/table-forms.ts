import type { RowCodec } from "../batch/row-codec.js";
import type { RowFormat } from "../table/row-format.js";
import type { LiveStream } from "./live-stream.js";
import { storedFormOf, type StoredSettings } from "./stored-form.js";

/** What the forms of a table's rows say of the table. */
export interface FormedTable {
  readonly name: string;
  readonly settings: StoredSettings;
}

/** The numbers that the forms of a table's rows have in the stream, by what the rows were written with. */
export class TableForms {
  readonly #table: FormedTable;
  readonly #numbers = new Map<RowCodec<unknown>, number>();

  constructor(table: FormedTable) {
    this.#table = table;
  }

  /** Another stream knows none of them. */
  clear(): void {
    this.#numbers.clear();
  }

  /**
   * Adds the form to the stream if the stream does not know it.
   *
   * @param number that of the table in the stream
   */
  numberOf(codec: RowCodec<unknown>, stream: LiveStream, number: number): number {
    let form = this.#numbers.get(codec);
    if (form === undefined) {
      const { name, settings } = this.#table;
      const { columns } = codec as RowFormat<object>;
      form = stream.addForm(storedFormOf({ number, name, settings }, columns));
      this.#numbers.set(codec, form);
    }
    return form;
  }
}
