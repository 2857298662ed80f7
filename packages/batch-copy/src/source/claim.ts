import { EQ, NE } from "../catalog-operators.js";
import { dollarQuoted } from "../dollar-quoted.js";
import { BatchCopyError } from "../errors.js";
import type { LedgerTable } from "../ledger/ledger-table.js";
import { textQueries, textQuery, type TextQueryable } from "../text-query.js";
import { READ_COMMITTED } from "../transaction/ledger-statements.js";
import { WAIT_FOR_DISK } from "../transaction/wait-for-disk.js";

/** A source as it was claimed. */
export interface Claim {
  /** The uuids by which the ledger may know the owner; the last one is that of this claim. */
  readonly owners: readonly string[];
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
  /** The uuid by which the ledger is to know the owner. */
  readonly owner: string;
  /** Whether the claim must survive a crash of the server, although other commits may not. */
  readonly isDurable: boolean;
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
): Promise<Omit<Claim, "owners">> {
  const { name, session, owner } = order;
  const script = claimScript(ledger.name, order);
  const results = await textQueries(client, script);
  // The last one is the UPDATE.
  const [before] = results.at(-2)!;
  if (before === undefined) {
    throw new BatchCopyError(
      "SOURCE_UNKNOWN",
      `the ledger ${ledger.name} does not know the source ${JSON.stringify(name)}: pass { start } if nothing of it was written before`,
    );
  }
  const [former, formerSession, position] = before as readonly string[];
  if (formerSession !== session) {
    await endWaitingBackends(client, formerSession!);
  }
  return { replaced: former === owner ? undefined : former, position: BigInt(position!) };
}

/** Reads and locks the row of a source, which it makes if there is a start, and gives it to the owner. */
function claimScript(
  ledger: string,
  { name, start, session, owner, isDurable }: ClaimOrder,
): readonly string[] {
  const source = dollarQuoted(name, "source");
  const begin =
    `INSERT INTO ${ledger} (source, owner, session, position) ` +
    `VALUES (${source}, '${owner}', '${session}', ${start}) ON CONFLICT DO NOTHING`;
  const lock =
    `SELECT owner::pg_catalog.text, session::pg_catalog.text, position::pg_catalog.text ` +
    `FROM ${ledger} WHERE source ${EQ} ${source} FOR UPDATE`;
  const claim = `UPDATE ${ledger} SET owner = '${owner}', session = '${session}' WHERE source ${EQ} ${source}`;
  return [
    READ_COMMITTED,
    ...(isDurable ? [WAIT_FOR_DISK] : []),
    ...(start === undefined ? [] : [begin]),
    lock,
    claim,
  ];
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
