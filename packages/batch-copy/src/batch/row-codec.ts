import type { ByteReader } from "../bytes/byte-reader.js";
import type { ByteWriter } from "../bytes/byte-writer.js";

/** Writes and reads rows as tuples of the binary COPY format. */
export interface RowCodec<Row> {
  /** @throws EncodeError if the row is invalid. */
  encode(row: Row, out: ByteWriter): void;
  decode(tuple: ByteReader): Row;
  /** The key in rows of a column, by its name in SQL; undefined if rows have no such column. */
  keyOf(column: string): string | undefined;
}
