import { quoteIdentifier } from "../codecs/identifier.js";
import { ConnectError } from "../errors.js";
import { askCatalog, type Queryable } from "./ask-catalog.js";
import type { Field } from "./field.js";
import { inParentheses } from "./in-parentheses.js";
import { LOCK_TIMEOUT } from "./server-answer.js";
import type { IndexFacts } from "./write-facts.js";

/** The unique index that decides whether a row conflicts. */
export interface Arbiter {
  /** What follows ON CONFLICT: `("id")`, or `(lower(email)) WHERE (deleted_at IS NULL)`. */
  readonly target: string;
  /** All indexes that the server may infer from it. */
  readonly indexes: readonly IndexFacts[];
  /** The columns that the target reads. */
  readonly columns: readonly string[];
}

/** Why there is no arbiter: a sentence, and the DDL that creates one if it can be said. */
export interface NoArbiter {
  readonly reason: string;
  readonly ddl: string;
}

/** What an arbiter is looked for with. */
export interface ArbiterSearch {
  /** The table's qualified name, quoted. */
  readonly table: string;
  readonly indexes: readonly IndexFacts[];
  /** The names of the columns; undefined for the primary key. */
  readonly columns: readonly string[] | undefined;
  readonly predicate: string | undefined;
  /** The columns that rows have. */
  readonly sent: readonly Field[];
}

/**
 * Finds the arbiter as the server infers it (`infer_arbiter_indexes` in
 * src/backend/optimizer/util/plancat.c): a unique index whose columns are the given ones, in any order
 * and with any operator classes and collations. If all of these are partial or have expressions, the
 * only one is taken, and its SQL is written into the target.
 */
export async function findArbiter(
  search: ArbiterSearch,
  connection: Queryable,
): Promise<Arbiter | NoArbiter> {
  const { indexes, predicate } = search;
  const columns = search.columns ?? primaryKey(indexes);
  if (columns === undefined) {
    return refusal(search, "the table has no primary key");
  }
  const missing = columns.find((name) => search.sent.every((field) => field.name !== name));
  if (missing !== undefined) {
    const rows = `rows do not have column ${quoteIdentifier(missing)} of the primary key`;
    return refusal(search, rows);
  }
  const matching = indexes.filter((index) => mayArbitrate(index) && isOn(index, columns));
  const plain = matching.filter((index) => !index.hasExpressions);
  const whole = plain.filter((index) => !index.isPartial);
  const inferred = predicate === undefined ? whole : plain;
  if (inferred.length > 0) {
    return (
      deferrable(inferred) ?? {
        target: plainTarget(columns, predicate),
        indexes: inferred,
        columns,
      }
    );
  }
  const [only, ...others] = matching;
  const on = columns.map(quoteIdentifier).join(", ");
  if (only === undefined) {
    const temporal = indexes.find((index) => isTemporal(index) && isOn(index, columns));
    if (temporal !== undefined) {
      const constraint = quoteIdentifier(temporal.name);
      return refusal(
        search,
        `the constraint ${constraint} is WITHOUT OVERLAPS, which ON CONFLICT does not support`,
      );
    }
    const ddl = `CREATE UNIQUE INDEX ON ${search.table} (${on});`;
    return { ...refusal(search, `no unique index is on the columns (${on})`), ddl };
  }
  if (others.length > 0) {
    return refusal(
      search,
      `several unique indexes that are partial or on an expression are on (${on})`,
    );
  }
  const printed = await printIndex(only, search.table, connection);
  return { target: printedTarget(printed, predicate), indexes: [only], columns };
}

/** Whether the server may infer it at all. A deferrable one is inferred, and refused for each row. */
function mayArbitrate({ isUnique, isValid, isExclusion }: IndexFacts): boolean {
  return isUnique && isValid && !isExclusion;
}

function isTemporal({ isUnique, isExclusion }: IndexFacts): boolean {
  return isUnique && isExclusion;
}

/** The columns that the index is on, also those that only its expressions read. */
function columnsOf({ columns, reads }: IndexFacts): Set<string> {
  return new Set([...columns.filter(({ isKey }) => isKey).map(({ name }) => name), ...reads]);
}

function isOn(index: IndexFacts, columns: readonly string[]): boolean {
  const own = columnsOf(index);
  return own.size === columns.length && columns.every((name) => own.has(name));
}

function primaryKey(indexes: readonly IndexFacts[]): readonly string[] | undefined {
  const index = indexes.find(({ isPrimary }) => isPrimary);
  return index && [...columnsOf(index)];
}

/** `ExecCheckIndexConstraints` in src/backend/executor/execIndexing.c. */
function deferrable(indexes: readonly IndexFacts[]): NoArbiter | undefined {
  const index = indexes.find(({ isImmediate }) => !isImmediate);
  if (index === undefined) {
    return undefined;
  }
  const reason = `the constraint ${quoteIdentifier(index.name)} is DEFERRABLE, which ON CONFLICT does not support`;
  return { reason, ddl: "" };
}

function plainTarget(columns: readonly string[], predicate: string | undefined): string {
  return `(${columns.map(quoteIdentifier).join(", ")})${condition(predicate)}`;
}

function condition(predicate: string | undefined): string {
  return predicate === undefined ? "" : ` WHERE ${inParentheses(predicate)}`;
}

/**
 * The SQL of an index, with names that no search_path changes. To print it the server needs a lock on the
 * table: it is asked only for partial indexes and those with expressions, and waits for a second.
 */
const PRINT_INDEX = `WITH setting AS MATERIALIZED (
    SELECT pg_catalog.set_config('search_path', '', true) AS path,
      pg_catalog.set_config('lock_timeout', '1000', true) AS patience,
      pg_catalog.set_config('quote_all_identifiers', 'off', true) AS quoting
  )
  SELECT pg_catalog.json_build_object(
    'columns', (SELECT pg_catalog.json_agg(
        pg_catalog.pg_get_indexdef(i.indexrelid, n, false) ORDER BY n)
      FROM pg_catalog.generate_series(1, i.indnkeyatts::integer) AS n),
    'predicate', pg_catalog.pg_get_expr(i.indpred, i.indrelid))::pg_catalog.text
  FROM setting CROSS JOIN pg_catalog.pg_index i
  WHERE setting.path OPERATOR(pg_catalog.=) '' AND setting.quoting OPERATOR(pg_catalog.=) 'off'
    AND setting.patience OPERATOR(pg_catalog.<>) ''
    AND i.indexrelid OPERATOR(pg_catalog.=) $1::pg_catalog.oid`;

interface PrintedIndex {
  readonly columns: readonly string[];
  readonly predicate: string | null;
}

/** @throws ConnectError if the table is locked. */
async function printIndex(
  { oid, name }: IndexFacts,
  table: string,
  connection: Queryable,
): Promise<PrintedIndex> {
  try {
    return (await askCatalog(connection, PRINT_INDEX, [String(oid)])) as PrintedIndex;
  } catch (error) {
    if ((error as { code?: unknown }).code !== LOCK_TIMEOUT) {
      throw error;
    }
    throw new ConnectError(
      `table ${table} is locked: the condition or expression of its index ${quoteIdentifier(name)} cannot be read until the lock is released`,
      { cause: error },
    );
  }
}

function printedTarget(
  { columns, predicate: own }: PrintedIndex,
  predicate: string | undefined,
): string {
  return `(${columns.join(", ")})${condition(predicate ?? own ?? undefined)}`;
}

/** Why the predicate finds none, which only the server can tell. */
export function refusalOfPredicate(search: ArbiterSearch): NoArbiter {
  return refusal(search, "no unique index on these columns fits onConflict.predicate");
}

/** With the unique indexes of the table, and what to pass for each. */
function refusal({ indexes, sent }: ArbiterSearch, reason: string): NoArbiter {
  const usable = indexes.filter(mayArbitrate).map((index) => described(index, sent));
  const list =
    usable.length === 0 ? "it has no unique index" : `its unique indexes are ${usable.join(", ")}`;
  return { reason: `${reason}; ${list}`, ddl: "" };
}

function described(index: IndexFacts, sent: readonly Field[]): string {
  const columns = [...columnsOf(index)];
  const fields = columns.map((name) => sent.find((field) => field.name === name));
  const missing = columns.find((_, n) => fields[n] === undefined);
  const parts = [
    ...(index.hasExpressions ? ["on an expression"] : []),
    ...(index.isPartial ? ["partial"] : []),
    ...(index.isImmediate ? [] : ["DEFERRABLE, which ON CONFLICT does not support"]),
    missing === undefined
      ? `onConflict.columns: [${fields.map((field) => JSON.stringify(field!.key)).join(", ")}]`
      : `with column ${quoteIdentifier(missing)}, which rows do not have`,
    ...(index.isPartial ? ["onConflict.predicate: its condition"] : []),
  ];
  return `${quoteIdentifier(index.name)} (${parts.join(", ")})`;
}
