import { quoteIdentifier } from "../codecs/identifier.js";
import type { TypeDescription } from "../codecs/type-description.js";
import type { ColumnDescription } from "./describe-table.js";

/**
 * Why a table takes no binary COPY, whichever columns it fills, if it does not: the server looks up
 * the receive function of every column's type (`BeginCopyFrom` in src/backend/commands/copyfrom.c).
 */
export function tableWithoutBinaryForm(columns: readonly ColumnDescription[]): string | undefined {
  const column = columns.find(({ type }) => !type.hasBinaryForm);
  return (
    column &&
    `its column ${quoteIdentifier(column.name)} is ${column.type.sql}, a type without a binary form: the server refuses any binary COPY into such a table`
  );
}

/** Why a binary COPY cannot fill a column of the type, if it cannot. */
export function typeWithoutBinaryForm(type: TypeDescription): string | undefined {
  const part = partWithoutBinaryForm(type);
  return part && `is ${type.sql}, and ${part.sql} has no binary form: leave the column out`;
}

/** The type itself or the first of its parts that has none. */
function partWithoutBinaryForm(type: TypeDescription): TypeDescription | undefined {
  if (!type.hasBinaryForm) {
    return type;
  }
  const attributes = type.attributes?.map((attribute) => attribute.type) ?? [];
  const parts = type.element === undefined ? attributes : [type.element, ...attributes];
  return parts.map(partWithoutBinaryForm).find((part) => part !== undefined);
}
