import { quoteQualified } from "../codecs/identifier.js";
import { tableWithoutBinaryForm } from "./binary-form.js";
import type { TableDescription } from "./describe-table.js";
import { notWritable } from "./mismatch.js";

/** Why a relation of a kind (`pg_class.relkind`) takes no rows. */
const REFUSALS: Readonly<Record<string, string>> = {
  v: "it is a view without an INSTEAD OF INSERT trigger",
  f: "it is a foreign table whose foreign-data wrapper does not support INSERT",
  m: "it is a materialized view",
  S: "it is a sequence",
  i: "it is an index",
  I: "it is a partitioned index",
  c: "it is a composite type",
  t: "it is a TOAST table",
};

/**
 * Refuses a relation that cannot be filled at all.
 *
 * @throws SchemaMismatchError
 */
export function refuseUnwritable(found: TableDescription): void {
  const refusal = refusalOf(found);
  if (refusal !== undefined) {
    throw notWritable(quoteQualified(found.schema, found.name), refusal);
  }
}

function refusalOf(found: TableDescription): string | undefined {
  const { kind, acceptsRows, columns } = found;
  if (!acceptsRows) {
    return REFUSALS[kind] ?? `it is a relation of kind ${JSON.stringify(kind)}`;
  }
  if (columns.every(({ isGenerated, isIdentityAlways }) => isGenerated || isIdentityAlways)) {
    return "it has no column that can be written";
  }
  return columns.every(({ isInsertable }) => !isInsertable)
    ? "this role has no INSERT privilege on it"
    : tableWithoutBinaryForm(columns);
}
