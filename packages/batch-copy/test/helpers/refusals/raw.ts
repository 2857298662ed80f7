import { columnType, type ColumnType } from "../../../dist/index.js";

/** A built-in type whose value is its bytes, right or wrong. */
export function raw(sql: string): ColumnType<Buffer> {
  return columnType(`raw ${sql}`, {
    sql,
    encode: (bytes, out) => out.bytes(bytes),
    decode: (input) => Buffer.from(input.bytes()),
  });
}
