import { randomUUID } from "node:crypto";

import { EQ, NE } from "../catalog-operators.js";
import { BatchCopyError } from "../errors.js";
import type { LedgerTable } from "../ledger/ledger-table.js";
import { textQuery, type TextQueryable } from "../text-query.js";

/** A source as it was claimed. */
export interface Claim {
  /** The uuid by which the ledger knows the owner. */
  readonly owner: string;
  /** That of the owner before, unless the source has just begun. */
  readonly replaced: string | undefined;
  /** The first position that is not committed. */
  readonly position: bigint;
}

/** What is claimed. */
export interface ClaimOrder {
  readonly name: string;
  /** Where a source begins that the ledger does not know. */
  readonly start: bigint | undefined;
  /** The uuid of the copier or group. */
  readonly session: string;
}

/**
 * Claims a source: from now on no transaction of another owner can move it. Waits for one that is
 * committing.
 *
 * @throws BatchCopyError with code `SOURCE_UNKNOWN` if the ledger does not know it and there is no `start`
 */
export async function claimSource(
  client: TextQueryable,
  ledger: LedgerTable,
  order: ClaimOrder,
): Promise<Claim> {
  const { name, session } = order;
  const owner = randomUUID();
  // Behind a pooler, only a transaction stays on one backend.
  await client.query("BEGIN ISOLATION LEVEL READ COMMITTED");
  try {
    const before = await lockRow(client, ledger, order, owner);
    if (before === undefined) {
      throw new BatchCopyError(
        "SOURCE_UNKNOWN",
        `the ledger ${ledger.name} does not know the source ${JSON.stringify(name)}: pass { start } if nothing of it was written before`,
      );
    }
    const claim = `UPDATE ${ledger.name} SET owner = $2::uuid, session = $3::uuid WHERE source ${EQ} $1`;
    await client.query(textQuery(claim, [name, owner, session]));
    await client.query("COMMIT");
    if (before.session !== session) {
      await endWaitingBackends(client, before.session);
    }
    const replaced = before.owner === owner ? undefined : before.owner;
    return { owner, replaced, position: before.position };
  } catch (error) {
    // It is rolled back as well if the connection is lost, and that is what the error says.
    await client.query("ROLLBACK").catch(noop);
    throw error;
  }
}

function noop(): void {}

interface FoundRow {
  readonly owner: string;
  readonly session: string;
  readonly position: bigint;
}

async function lockRow(
  client: TextQueryable,
  { name: ledger }: LedgerTable,
  { name, start, session }: ClaimOrder,
  owner: string,
): Promise<FoundRow | undefined> {
  if (start !== undefined) {
    const insert =
      `INSERT INTO ${ledger} (source, owner, session, position) ` +
      `VALUES ($1, $2::uuid, $3::uuid, $4::bigint) ON CONFLICT DO NOTHING`;
    await client.query(textQuery(insert, [name, owner, session, String(start)]));
  }
  const select =
    `SELECT owner::pg_catalog.text, session::pg_catalog.text, position::pg_catalog.text ` +
    `FROM ${ledger} WHERE source ${EQ} $1 FOR UPDATE`;
  const { rows } = await client.query(textQuery(select, [name]));
  const [found] = rows;
  return found && { owner: found[0]!, session: found[1]!, position: BigInt(found[2]!) };
}

/** Gives a connection of our own the name by which the session is found, if it has it not. */
export async function nameConnection(client: TextQueryable, session: string): Promise<void> {
  const name = "pg_catalog.current_setting('application_name')";
  const named = `pg_catalog.left(${name}, 26) OPERATOR(pg_catalog.||) '/' OPERATOR(pg_catalog.||) $1`;
  const sql =
    `SELECT pg_catalog.set_config('application_name', ${named}, false) ` +
    `WHERE pg_catalog.right(${name}, 36) ${NE} $1`;
  await client.query(textQuery(sql, [session]));
}

/**
 * Terminates backends of the session before that wait for their client in the middle of a transaction:
 * the client may be gone, and they would hold their locks and uncommitted keys for as long as nobody
 * notices. If it is alive, it writes again what still belongs to it.
 */
async function endWaitingBackends(client: TextQueryable, session: string): Promise<void> {
  const terminate =
    `SELECT pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity ` +
    `WHERE pg_catalog.right(application_name, 36) ${EQ} $1 AND wait_event ${EQ} 'ClientRead' ` +
    `AND state ${NE} 'idle' AND pid ${NE} pg_catalog.pg_backend_pid()`;
  try {
    await client.query(textQuery(terminate, [session]));
  } catch {
    // The role may not do that. The claim is committed all the same.
  }
}
