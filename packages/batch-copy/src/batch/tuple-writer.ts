import { ByteWriter } from "../bytes/byte-writer.js";
import type { RowCodec } from "./row-codec.js";

/** The bytes with which a writer begins. */
const FIRST_BYTES = 1024;

/** Tuples one after the other. */
export interface Tuples {
  readonly tuples: Buffer;
  /** Where each of them ends. */
  readonly ends: readonly number[];
}

/** Writes tuples into a buffer of their own. */
export class TupleWriter extends ByteWriter {
  constructor() {
    super(Buffer.allocUnsafe(FIRST_BYTES));
  }

  get bytesWritten(): number {
    return this.position;
  }

  /** What was written. */
  get written(): Buffer {
    return this.buffer.subarray(0, this.position);
  }
}

/**
 * Encodes rows into a buffer of their own.
 *
 * @throws what the encoder throws for the first row that is invalid
 */
export function encodeTuples<Row>(rows: Iterable<Row>, codec: RowCodec<Row>): Tuples {
  const writer = new TupleWriter();
  const ends: number[] = [];
  for (const row of rows) {
    codec.encode(row, writer);
    ends.push(writer.bytesWritten);
  }
  return { tuples: writer.written, ends };
}
