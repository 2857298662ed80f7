import { quoteIdentifier, quoteQualified } from "../codecs/identifier.js";
import { askCatalog, type Queryable } from "./ask-catalog.js";
import type { ColumnDescription } from "./describe-table.js";
import { isServerAnswer } from "./server-answer.js";

/**
 * The omitted columns that must not be left out, each as a difference.
 * They are NOT NULL without a default, or have a domain that does not allow NULL: COPY stores NULL there
 * unchecked, while INSERT coerces it to the domain (`build_column_default` in
 * src/backend/rewrite/rewriteHandler.c has no value for them, and COPY then no expression).
 */
export async function unfillable(
  omitted: readonly ColumnDescription[],
  connection: Queryable,
): Promise<string[]> {
  const differences: string[] = [];
  for (const { name, type, notNull } of omitted.filter(({ hasDefault }) => !hasDefault)) {
    const column = `column ${quoteIdentifier(name)} (${type.sql})`;
    if (notNull) {
      differences.push(`${column} is left out, but it is NOT NULL without a default`);
    } else if (type.kind === "domain") {
      const refusal = await refusalOfNull(quoteQualified(type.schema, type.name), connection);
      if (refusal !== undefined) {
        differences.push(
          `${column} is left out, but it has no default and its domain does not allow NULL: ${refusal}`,
        );
      }
    }
  }
  return differences;
}

const NO_PRIVILEGE = "42501";

/** The server's error for NULL in a domain, if there is one: only the server can evaluate a CHECK. */
async function refusalOfNull(domain: string, connection: Queryable): Promise<string | undefined> {
  try {
    await askCatalog(
      connection,
      `SELECT pg_catalog.to_json(NULL::${domain} IS NULL)::pg_catalog.text`,
      [],
    );
    return undefined;
  } catch (error) {
    if ((error as { code?: unknown }).code === NO_PRIVILEGE) {
      // The role may use the column without a privilege on its domain's schema.
      return undefined;
    }
    if (!isServerAnswer(error)) {
      throw error;
    }
    return error.message;
  }
}
