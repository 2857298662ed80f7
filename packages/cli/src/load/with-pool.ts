import { ConnectError } from "batch-copy";
import { Pool } from "pg";

/** Milliseconds after which a server that does not answer counts as one that cannot be reached. */
const CONNECT_MS = 10_000;

/**
 * Calls a function with a pool of one connection, and ends the pool.
 *
 * @param databaseUrl undefined: DATABASE_URL, else the PG* variables
 * @throws ConnectError if the server cannot be reached, and what the function throws
 */
export async function withPool<Result>(
  databaseUrl: string | undefined,
  use: (pool: Pool) => Promise<Result>,
): Promise<Result> {
  const connectionString = databaseUrl ?? process.env["DATABASE_URL"];
  const pool = new Pool({
    max: 1,
    connectionTimeoutMillis: CONNECT_MS,
    ...(connectionString !== undefined && { connectionString }),
  });
  // An idle connection that is lost is replaced by the next query.
  pool.on("error", () => {});
  try {
    await connect(pool);
    return await use(pool);
  } finally {
    await pool.end();
  }
}

async function connect(pool: Pool): Promise<void> {
  try {
    (await pool.connect()).release();
  } catch (error) {
    throw new ConnectError(`Cannot connect to the server: ${reasonOf(error)}`, { cause: error });
  }
}

/** A name that has several addresses fails with an error for each of them, and no message. */
function reasonOf(error: unknown): string {
  return error instanceof AggregateError
    ? error.errors.map((one) => (one as Error).message).join("; ")
    : (error as Error).message;
}
