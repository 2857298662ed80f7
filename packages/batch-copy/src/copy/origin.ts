import { EQ } from "../catalog-operators.js";
import { textQuery, type TextRow } from "../text-query.js";
import { askIncarnationIfAllowed, microseconds } from "../transaction/incarnation.js";
import type { Origin } from "../transaction/origin.js";
import { isRefusedQuestion } from "../transaction/server-error.js";
import type { PgClient } from "./driver.js";

const NEEDS_XACT_ID =
  "without the option ledger, batch-copy needs the function pg_current_xact_id() of PostgreSQL 13 or later";

/** Without a ledger, each batch asks for its transaction's id, and does not commit without it. */
const MAY_ASK_XACT_ID =
  "pg_catalog.has_function_privilege('pg_catalog.pg_current_xact_id()', 'EXECUTE')::pg_catalog.text";

const BACKEND_START = `(SELECT ${microseconds("backend_start")}
  FROM pg_catalog.pg_stat_activity WHERE pid ${EQ} pg_catalog.pg_backend_pid())`;

const IS_READ_COMMITTED =
  "(pg_catalog.current_setting('default_transaction_isolation') " +
  `${EQ} 'read committed')::pg_catalog.text`;

const BACKEND = `pg_catalog.pg_backend_pid()::pg_catalog.text, ${BACKEND_START}, ${IS_READ_COMMITTED}`;

const origins = new WeakMap<PgClient, Origin>();

/** The origin of the client's connection, if it was asked for. */
export function knownOrigin(client: PgClient): Origin | undefined {
  return origins.get(client);
}

/** Asks for the origin of the client's connection. */
export async function askOrigin(client: PgClient): Promise<Origin> {
  const { whyNoXactId, backend } = await askBackend(client);
  const [pid, started, isReadCommitted] = backend;
  // A pooler sends its clients a key of its own.
  const isPooled = Number(pid) !== client.processID;
  const backendStart = isPooled ? undefined : (started ?? undefined);
  const origin: Origin = {
    isPooled,
    backendStart,
    isReadCommitted: isReadCommitted === "true",
    whyNoXactId,
    incarnation: await askIncarnationIfAllowed(client),
  };
  origins.set(client, origin);
  return origin;
}

/** Asks for the backend, and why transactions cannot ask for their ids, if they cannot. */
async function askBackend(
  client: PgClient,
): Promise<{ readonly whyNoXactId: string | undefined; readonly backend: TextRow }> {
  try {
    const [isAllowed, ...backend] = await askRow(client, `${MAY_ASK_XACT_ID}, ${BACKEND}`);
    const whyNot = isAllowed === "true" ? undefined : "this role may not call it";
    return { whyNoXactId: whyNot && `${NEEDS_XACT_ID}: ${whyNot}`, backend };
  } catch (error) {
    if (!isRefusedQuestion(error)) {
      throw error;
    }
    const whyNoXactId = `${NEEDS_XACT_ID}: ${(error as Error).message}`;
    return { whyNoXactId, backend: await askRow(client, BACKEND) };
  }
}

async function askRow(client: PgClient, fields: string): Promise<TextRow> {
  const { rows } = await client.query(textQuery(`SELECT ${fields}`));
  return rows[0]!;
}
