import type { Slice } from "./copy-writer.js";

/** The type and the length of a CopyData message, before its tuples. */
const MESSAGE_HEADER_BYTES = 5;

/**
 * The fields of the slice's only row in their binary form, as parameters of a query; null for NULL
 * (https://www.postgresql.org/docs/current/sql-copy.html, "Tuples").
 */
export function rowFields({ messages }: Slice): (Buffer | null)[] {
  return fieldsOf(Buffer.concat(messages).subarray(MESSAGE_HEADER_BYTES));
}

/** As {@link rowFields}, of the bytes of a row. */
export function fieldsOf(tuple: Buffer): (Buffer | null)[] {
  const fields: (Buffer | null)[] = [];
  let position = 2;
  for (let left = tuple.readInt16BE(0); left > 0; left--) {
    const length = tuple.readInt32BE(position);
    position += 4;
    if (length < 0) {
      fields.push(null);
    } else {
      fields.push(tuple.subarray(position, position + length));
      position += length;
    }
  }
  return fields;
}
