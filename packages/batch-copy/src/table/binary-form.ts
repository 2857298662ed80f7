import { quoteIdentifier } from "../codecs/identifier.js";
import type { TypeDescription } from "../codecs/type-description.js";
import type { ColumnDescription } from "./describe-table.js";

/**
 * Why a table cannot be filled by binary COPY, whichever columns are filled; undefined if it can. The
 * server looks up the receive function of every column's type (`BeginCopyFrom` in
 * src/backend/commands/copyfrom.c).
 */
export function tableWithoutBinaryForm(columns: readonly ColumnDescription[]): string | undefined {
  const column = columns.find(({ type }) => !type.hasBinaryForm);
  return (
    column &&
    `its column ${quoteIdentifier(column.name)} is ${column.type.sql}, a type without a binary form, and the server rejects every binary COPY into such a table`
  );
}

/** Why a column of the type cannot be filled by binary COPY; undefined if it can. */
export function typeWithoutBinaryForm(type: TypeDescription): string | undefined {
  const part = partWithoutBinaryForm(type);
  return part && `is ${type.sql}, and ${part.sql} has no binary form: leave the column out`;
}

/** The first without a binary form among the type and its parts. */
function partWithoutBinaryForm(type: TypeDescription): TypeDescription | undefined {
  if (!type.hasBinaryForm) {
    return type;
  }
  const attributes = type.attributes?.map((attribute) => attribute.type) ?? [];
  const parts = type.element === undefined ? attributes : [type.element, ...attributes];
  return parts.map(partWithoutBinaryForm).find((part) => part !== undefined);
}
