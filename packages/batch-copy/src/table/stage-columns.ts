import { quoteQualified } from "../codecs/identifier.js";
import type { TypeDescription } from "../codecs/type-description.js";
import type { ColumnDescription } from "./describe-table.js";
import type { Field } from "./field.js";
import type { StageStorage, WriteFacts } from "./write-facts.js";

/** A column of the temporary stage. */
export interface StageColumn {
  readonly name: string;
  /** The type, with names that no search_path changes. */
  readonly sql: string;
  /** The qualified collation, quoted, if it is not that of the type. */
  readonly collation: string | undefined;
  /**
   * How it is stored, if the table does not compress its values as those of others: it would take
   * compressed values as they are.
   */
  readonly storage: StageStorage | undefined;
  /** Whether a migration may drop its type, which the server refuses as long as there is a stage with it. */
  readonly hasTypeOfUser: boolean;
}

/** The columns of a stage, which are those of the table, in the order of the rows. */
export function stageColumns(
  sent: readonly Field[],
  columns: readonly ColumnDescription[],
  { collations, specialStorage }: WriteFacts,
): StageColumn[] {
  const byName = new Map(columns.map((column) => [column.name, column]));
  return sent.map(({ name }) => ({
    name,
    sql: qualifiedType(byName.get(name)!.type),
    collation: collations[name],
    storage: specialStorage[name],
    hasTypeOfUser: isOfUser(byName.get(name)!.type),
  }));
}

/** Types of the kind `base` are those of the server and of its extensions. */
function isOfUser({ kind, element, schema }: TypeDescription): boolean {
  return kind === "array" ? isOfUser(element!) : kind !== "base" && schema !== "pg_catalog";
}

function qualifiedType(type: TypeDescription): string {
  const { kind, element, schema, name, sql } = type;
  if (kind === "array") {
    return `${qualifiedType(element!)}[]`;
  }
  // Its fields, as in `interval day to second(3)`, are grammar, and so is its name.
  if (schema === "pg_catalog" && name === "interval") {
    return sql;
  }
  const [parameters = ""] = kind === "base" ? (/\([^()]*\)/.exec(sql) ?? []) : [];
  return quoteQualified(schema, name) + parameters;
}
