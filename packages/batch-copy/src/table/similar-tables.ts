import { EQ, NE } from "../catalog-operators.js";
import { asInSql } from "../codecs/identifier.js";
import { askCatalog, type Queryable } from "./ask-catalog.js";
import type { Table } from "./table.js";

interface SimilarTable {
  readonly schema: string;
  readonly name: string;
  /** Whether the search_path finds it by its bare name. */
  readonly isVisible: boolean;
}

/**
 * Tables whose name is `$1` or `$2`, or whose schema and name are `$2`, regardless of case, in schemas
 * that the role may use. It runs after a lookup that found nothing.
 */
const SIMILAR_TABLES = `
SELECT coalesce(pg_catalog.json_agg(found), '[]')::pg_catalog.text FROM (
  SELECT n.nspname AS schema, c.relname AS name, pg_catalog.pg_table_is_visible(c.oid) AS "isVisible"
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n
    ON n.oid ${EQ} c.relnamespace
  WHERE pg_catalog.strpos('rpfvm', c.relkind::pg_catalog.text) OPERATOR(pg_catalog.>) 0
    AND pg_catalog.has_schema_privilege(n.oid, 'USAGE')
    AND NOT pg_catalog.starts_with(n.nspname::pg_catalog.text, 'pg_')
    AND n.nspname::pg_catalog.text ${NE} 'information_schema'
    AND (pg_catalog.lower(c.relname::pg_catalog.text) ${EQ} pg_catalog.lower($1)
      OR pg_catalog.lower(c.relname::pg_catalog.text) ${EQ} pg_catalog.lower($2)
      OR pg_catalog.lower(pg_catalog.concat(n.nspname, '.', c.relname)) ${EQ} pg_catalog.lower($2))
  ORDER BY "isVisible" DESC, n.nspname, c.relname LIMIT 3
) found`;

/** The end of a sentence that says that the table of a definition does not exist. */
export async function hintForDefinition(
  { schema, name }: Table,
  connection: Queryable,
): Promise<string> {
  const similar = await similarTables(connection, name, name);
  if (similar.length > 0) {
    return didYouMean(similar.map((found) => definitionStart(found)));
  }
  const [, before, after] = /^([^.]+)\.([^.]+)$/.exec(name) ?? [];
  return schema === undefined && before !== undefined && after !== undefined
    ? `. The dot is a part of the name: if "${before}" is a schema, define ${definitionStart({ schema: before, name: after, isVisible: false })}`
    : "";
}

/** The end of a sentence that says that there is no table of a name, as SQL reads it. */
export async function hintForName(name: string, connection: Queryable): Promise<string> {
  const parts = name.match(/"(?:[^"]|"")*"|[^".]+/g) ?? [];
  const names = parts.map((part) => part.replace(/^"|"$/g, "").replaceAll('""', '"').trim());
  const similar = await similarTables(connection, names.at(-1) ?? "", names.join("."));
  if (
    similar.length === 0 &&
    !/^(?:"[^"]+"|[\p{L}\p{N}_$]+)(?:\.(?:"[^"]+"|[\p{L}\p{N}_$]+))?$/u.test(name)
  ) {
    return ". Names with special characters must be in double quotes, as in SQL";
  }
  return didYouMean(similar.map(sqlName));
}

function similarTables(
  connection: Queryable,
  name: string,
  qualifiedName: string,
): Promise<SimilarTable[]> {
  const values = [name, qualifiedName];
  return askCatalog(connection, SIMILAR_TABLES, values) as Promise<SimilarTable[]>;
}

function didYouMean(names: readonly string[]): string {
  return names.length === 0 ? "" : `. Did you mean ${names.join(" or ")}?`;
}

function definitionStart({ schema, name, isVisible }: SimilarTable): string {
  const options = isVisible ? "" : `, { schema: ${JSON.stringify(schema)} }`;
  return `table(${JSON.stringify(name)}, …${options})`;
}

function sqlName({ schema, name, isVisible }: SimilarTable): string {
  const parts = isVisible ? [name] : [schema, name];
  const sql = parts.map(asInSql);
  const isQuoted = sql.some((part) => part.startsWith('"'));
  const reason = isQuoted ? " (in quotes, because SQL folds other names to lower case)" : "";
  return `${sql.join(".")}${reason}`;
}
