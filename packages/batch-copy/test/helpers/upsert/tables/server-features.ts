import type { Pool } from "pg";

/** What a server has that random tables can use. */
export interface ServerFeatures {
  /** The major version. */
  readonly version: number;
  readonly hasCitext: boolean;
  /** The qualified name of a collation for which case makes no difference. */
  readonly ignoringCase: string | undefined;
}

/**
 * Looks for the features, and creates what they need.
 *
 * @param schema of the collation
 * @param skip is told what the server does not have
 */
export async function findFeatures(
  pool: Pool,
  schema: string,
  skip: (reason: string) => void,
): Promise<ServerFeatures> {
  const { rows } = await pool.query<{ version: number; hasCitext: boolean }>(`
    SELECT current_setting('server_version_num')::int / 10000 AS version,
      EXISTS (SELECT FROM pg_available_extensions WHERE name = 'citext') AS "hasCitext"`);
  const { version, hasCitext } = rows[0]!;
  if (hasCitext) {
    await pool.query("CREATE EXTENSION IF NOT EXISTS citext");
  } else {
    skip("no keys of type citext: the server does not have the extension");
  }
  if (version < 15) {
    skip("no keys with NULLS NOT DISTINCT: they exist from PostgreSQL 15 on");
  }
  return { version, hasCitext, ignoringCase: await createCollation(pool, schema, skip) };
}

async function createCollation(
  pool: Pool,
  schema: string,
  skip: (reason: string) => void,
): Promise<string | undefined> {
  const name = `${schema}.ignoring_case`;
  try {
    await pool.query(
      `CREATE COLLATION IF NOT EXISTS ${name} (provider = icu, locale = 'und-u-ks-level2', deterministic = false)`,
    );
    return name;
  } catch (error) {
    if ((error as { code?: string }).code !== FEATURE_NOT_SUPPORTED) {
      throw error;
    }
    skip("no keys with a nondeterministic collation: the server is built without ICU");
    return undefined;
  }
}

const FEATURE_NOT_SUPPORTED = "0A000";
