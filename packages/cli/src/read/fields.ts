/** A field that is NULL, or that the record leaves out. */
export const NULL_FIELD = 0;
/** Its text is in `bytes`, as UTF-8. */
export const TEXT_FIELD = 1;
/** Its text is in `scratch`, as UTF-8, because it differs from what is in the file. */
export const SCRATCH_FIELD = 2;
/** It is a JavaScript value of the column's type. */
export const VALUE_FIELD = 3;

/**
 * The fields of one record, in the order in which the reader was told of them. A reader uses one object for
 * all records: what it has is valid until the next record is read.
 */
export class Fields {
  /** How many fields there are. */
  count = 0;
  /** One of the constants above for each field. */
  readonly kinds: Uint8Array;
  /** Where the text of a field begins and ends, in `bytes` or `scratch`. */
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  /** The values of fields that are values. */
  readonly values: unknown[] = [];
  bytes: Uint8Array = NO_BYTES;
  scratch: Uint8Array = NO_BYTES;

  /** @param most the largest number of fields that a record may have */
  constructor(most: number) {
    this.kinds = new Uint8Array(most);
    this.starts = new Int32Array(most);
    this.ends = new Int32Array(most);
  }
}

const NO_BYTES = new Uint8Array(0);
