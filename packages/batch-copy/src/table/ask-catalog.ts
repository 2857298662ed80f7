import { textQuery } from "../text-query.js";

/** A connection that can read the catalog: a `pg.Pool`, a `pg.Client`, or a wrapper of one. */
export interface Queryable {
  query(text: string, values: unknown[]): Promise<{ rows: unknown[] }>;
}

/**
 * Runs one statement whose first column is JSON as text, and returns the first row's value.
 *
 * Type parsers of the application have no effect: pg accepts parsers with the query. Any other object
 * gets a plain query, and may return text or its bytes.
 */
export async function askCatalog(
  connection: Queryable,
  sql: string,
  values: readonly string[],
): Promise<unknown> {
  const { rows } = isOfPg(connection)
    ? await connection.query(textQuery(sql, values))
    : await connection.query(sql, [...values]);
  const [json] = Object.values(rows[0] as object) as (string | Uint8Array)[];
  return JSON.parse(typeof json === "string" ? json : Buffer.from(json!).toString()) as unknown;
}

/** A client or a pool of pg, which also accepts a query as an object. */
interface OfPg {
  query(query: object): Promise<{ rows: unknown[] }>;
}

function isOfPg(connection: object): connection is OfPg {
  const { getTypeParser, Client } = connection as { getTypeParser?: unknown; Client?: unknown };
  return typeof getTypeParser === "function" || typeof Client === "function";
}
