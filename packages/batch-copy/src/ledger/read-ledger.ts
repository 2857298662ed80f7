import { EQ } from "../catalog-operators.js";
import type { Queryable } from "../table/ask-catalog.js";
import { askLedger, type LedgerCallOptions } from "./ask-ledger.js";
import { isVisibleSession } from "./session-id.js";

/** What a ledger says about a source. */
export interface LedgerEntry {
  /** The name of the source. Those of copiers and groups for themselves begin with `lane/`. */
  readonly source: string;
  /** The first position that is not committed. */
  readonly position: bigint;
  /** When the position moved, or the source was claimed for the first time, by the server's clock. */
  readonly updatedAt: Date;
  /** Milliseconds since then, by the server's clock. */
  readonly ageMs: number;
  /** The id of the copier or group that claimed the source last. */
  readonly session: string;
  /**
   * Whether that copier or group is connected to this server. Undefined if that cannot be seen: it uses
   * a pool of the application, whose connections do not have the id of the session in their
   * `application_name`. One that is idle may have no connection for a while.
   */
  readonly isConnected: boolean | undefined;
}

interface FoundEntry {
  readonly source: string;
  readonly position: string;
  /** Milliseconds since 1970. */
  readonly updatedAt: number;
  readonly ageMs: number;
  readonly session: string;
  readonly isConnected: boolean;
}

/** `clock_timestamp()` is never before an `updated_at` that can be seen, as the start of a transaction is. */
function entriesOf(ledger: string): string {
  const secondsOf = (time: string): string => `pg_catalog.date_part('epoch', ${time})`;
  const age = `pg_catalog.clock_timestamp() OPERATOR(pg_catalog.-) updated_at`;
  return `WITH connected AS MATERIALIZED (
    SELECT DISTINCT pg_catalog.right(application_name, 36) AS session
    FROM pg_catalog.pg_stat_activity
  ), entry AS (
    SELECT ledger.source, position::pg_catalog.text AS position, ledger.session,
      ${secondsOf("updated_at")} OPERATOR(pg_catalog.*) 1000 AS "updatedAt",
      ${secondsOf(`(${age})`)} OPERATOR(pg_catalog.*) 1000 AS "ageMs",
      connected.session IS NOT NULL AS "isConnected"
    FROM ${ledger} AS ledger
    LEFT JOIN connected ON connected.session ${EQ} ledger.session::pg_catalog.text
  )
  SELECT coalesce(pg_catalog.json_agg(entry ORDER BY source COLLATE pg_catalog."C"), '[]')
    ::pg_catalog.text FROM entry`;
}

/**
 * Reads the ledger: each source with its position, its age, and whether its owner is connected.
 *
 * @param connection a `pg.Pool` or `pg.Client`, or anything whose `query` takes SQL and parameters
 * @returns the sources, sorted by their names in the order of bytes
 * @throws SchemaMismatchError if there is no such ledger, or the role may not read it.
 * @throws BatchCopyError with code `INVALID_OPTION` for a name that is none. Other errors are the driver's.
 * @example
 * for (const { source, position, ageMs, isConnected } of await readLedger(pool)) {
 *   console.log(source, position, `${ageMs} ms`, isConnected);
 * }
 */
export async function readLedger(
  connection: Queryable,
  options: LedgerCallOptions = {},
): Promise<LedgerEntry[]> {
  const entries = await askLedger("readLedger()", connection, options, entriesOf);
  return (entries as FoundEntry[]).map(describe);
}

function describe(found: FoundEntry): LedgerEntry {
  const { session, isConnected } = found;
  return {
    ...found,
    position: BigInt(found.position),
    updatedAt: new Date(found.updatedAt),
    isConnected: isConnected || isVisibleSession(session) ? isConnected : undefined,
  };
}
