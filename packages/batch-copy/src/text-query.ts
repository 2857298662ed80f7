/** A parameter: in its text form, in its binary form, or NULL. */
export type QueryParameter = string | Buffer | null;

/** A query for pg whose rows come as arrays of text. */
export interface TextQuery {
  readonly text: string;
  readonly values?: readonly QueryParameter[];
  readonly rowMode: "array";
  readonly types: { getTypeParser(): (value: string) => string };
}

/** A row of a {@link TextQuery}. */
export type TextRow = readonly (string | null)[];

/** A connection that answers with text. */
export interface TextQueryable {
  query(text: string): Promise<{ rows: unknown[] }>;
  query(query: TextQuery): Promise<{ rows: TextRow[] }>;
}

const NO_PARSERS: TextQuery["types"] = { getTypeParser: () => String };

/**
 * A query whose results no type parser of the application changes: pg prefers a query's own `types` to
 * those of the client, the pool and the process. Cast each column to `pg_catalog.text`, because
 * a pool with `binary: true` would get it in binary.
 *
 * @param values the parameters, for one statement only
 */
export function textQuery(text: string, values?: readonly QueryParameter[]): TextQuery {
  return { text, ...(values && { values }), rowMode: "array", types: NO_PARSERS };
}

/**
 * Runs statements as one simple query, which is one transaction
 * (https://www.postgresql.org/docs/current/protocol-flow.html, "Multiple Statements in a Simple Query"):
 * whatever becomes of the client meanwhile, no lock of it stays.
 *
 * @param statements at least two
 * @returns the rows of each
 */
export async function textQueries(
  client: TextQueryable,
  statements: readonly string[],
): Promise<TextRow[][]> {
  const results: unknown = await client.query(textQuery(statements.join("; ")));
  return (results as { rows: TextRow[] }[]).map(({ rows }) => rows);
}
