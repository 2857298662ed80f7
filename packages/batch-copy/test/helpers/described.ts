import type { Codec } from "../../dist/codecs/codec.js";
import type { TypeDescription } from "../../dist/codecs/type-description.js";
import type { Columns, ColumnType } from "../../dist/index.js";
import type { WritableColumn } from "../../dist/table/field-writer.js";

/** What the catalog would say of a type whose codec does not ask. */
export const anyType: TypeDescription = {
  oid: 0,
  schema: "",
  name: "",
  sql: "",
  kind: "base",
  hasBinaryForm: true,
};

/** The codec of a type that is not made of others. */
export function codecOf<Value>(type: ColumnType<Value, boolean, boolean>): Codec<Value> {
  return type.codecFor(anyType);
}

/** Columns of such types, whose names in SQL may differ from the keys. */
export function writable(
  columns: Columns,
  names: Readonly<Record<string, string>> = {},
): WritableColumn[] {
  return Object.entries(columns).map(([key, type]) => {
    const { isNullable, makeDefault } = type;
    const name = Object.hasOwn(names, key) ? names[key]! : key;
    return { key, name, isNullable, makeDefault, codec: codecOf(type), type: anyType };
  });
}
