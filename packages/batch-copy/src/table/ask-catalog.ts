import { textQuery } from "../text-query.js";

/** What reading the catalog needs of a connection or a pool: a `pg.Pool`, a `pg.Client`, or a wrapper. */
export interface Queryable {
  query(text: string, values: unknown[]): Promise<{ rows: unknown[] }>;
}

/**
 * Runs one statement whose first column is JSON as text, and returns the first row's value.
 *
 * The application's type parsers have no say in it: pg takes parsers with the query; anything else is
 * asked in the usual way, and may give text or its bytes.
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

/** A client or a pool of pg takes a query as an object too. */
interface OfPg {
  query(query: object): Promise<{ rows: unknown[] }>;
}

function isOfPg(connection: object): connection is OfPg {
  const { getTypeParser, Client } = connection as { getTypeParser?: unknown; Client?: unknown };
  return typeof getTypeParser === "function" || typeof Client === "function";
}
