import type { Fields } from "./fields.js";

/** The scratch buffer of fields: the texts of one record are written one after the other. */
export class Scratch {
  /** Where the next text begins. */
  end = 0;
  readonly #fields: Fields;

  constructor(fields: Fields) {
    this.#fields = fields;
  }

  /** Begins a record. */
  reset(): void {
    this.end = 0;
  }

  /** The buffer, with room for `length` bytes after {@link end}. */
  reserve(length: number): Uint8Array {
    const fields = this.#fields;
    const needed = this.end + length;
    if (needed > fields.scratch.length) {
      const larger = new Uint8Array(Math.max(needed, fields.scratch.length * 2, 4096));
      larger.set(fields.scratch.subarray(0, this.end));
      fields.scratch = larger;
    }
    return fields.scratch;
  }
}
