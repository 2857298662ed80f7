import { randomUUID } from "node:crypto";

import { textQueries, type TextQueryable, type TextRow } from "../text-query.js";
import type { Answer } from "./guard.js";
import { askIncarnationIfAllowed } from "./incarnation.js";
import type { LedgerRow, LedgerSource, Move } from "./ledger-source.js";
import { READ_COMMITTED, type LedgerStatements } from "./ledger-statements.js";
import { LIMIT_WAITS } from "./lock-limit.js";

/**
 * Asks the ledger whether a transaction has made its moves, and makes sure that it never does if it has
 * not. Reading the rows locks them, so that a backend that is still at work is waited for, and the answer
 * is not given before a synchronous standby has it; the sources are claimed anew, so that a backend that
 * has not come to its guard yet fails there.
 *
 * @param moves the first one whose source is still ours decides
 */
export async function inquireLedger(
  client: TextQueryable,
  statements: LedgerStatements,
  moves: readonly Move[],
): Promise<Answer> {
  const sources = moves.map(({ source }) => source);
  const { rows: recovering } = await client.query("SELECT WHERE pg_catalog.pg_is_in_recovery()");
  if (recovering.length > 0) {
    // A standby does not know what it has not received yet.
    return "pending";
  }
  const server = await askIncarnationIfAllowed(client);
  const positions = positionsOf(sources);
  const rows = await reclaim(client, statements, sources);
  const answers = moves.map(({ source, to }) => {
    const known = positions.get(source)!;
    const position = source.learn({ row: rows.get(source.name), known, server });
    return position === undefined ? undefined : position >= to;
  });
  const answer = answers.find((isCommitted) => isCommitted !== undefined);
  if (answer === undefined) {
    return "unknown";
  }
  return answer ? "committed" : "aborted";
}

/** Ends the sources that are not ours any more, or whose rows of the ledger are not what they were. */
export async function confirm(
  client: TextQueryable,
  statements: LedgerStatements,
  sources: readonly LedgerSource[],
): Promise<void> {
  const positions = positionsOf(sources);
  const script = [READ_COMMITTED, LIMIT_WAITS, statements.lock(sources)];
  const [, , found] = await textQueries(client, script);
  const rows = rowsOf(found!);
  for (const [source, known] of positions) {
    source.learn({ row: rows.get(source.name), known, server: undefined });
  }
}

function positionsOf(sources: readonly LedgerSource[]): ReadonlyMap<LedgerSource, bigint> {
  return new Map(sources.map((source) => [source, source.position]));
}

/** Reads the rows of sources, and claims those that are ours. */
async function reclaim(
  client: TextQueryable,
  statements: LedgerStatements,
  sources: readonly LedgerSource[],
): Promise<ReadonlyMap<string, LedgerRow>> {
  const owner = randomUUID();
  const former = new Map(sources.map((source) => [source, [...source.owners]]));
  sources.forEach((source) => source.claiming(owner));
  const owners = [...former.values()].flat();
  const script = [
    READ_COMMITTED,
    LIMIT_WAITS,
    statements.lock(sources),
    statements.claim(sources, owners, owner),
  ];
  const [, , found] = await textQueries(client, script);
  const rows = rowsOf(found!);
  for (const source of sources) {
    const before = rows.get(source.name)?.owner;
    if (before !== undefined && former.get(source)!.includes(before)) {
      source.claimed(owner);
    }
  }
  return rows;
}

function rowsOf(found: readonly TextRow[]): ReadonlyMap<string, LedgerRow> {
  return new Map(
    found.map(([name, owner, position]) => [name!, { owner: owner!, position: BigInt(position!) }]),
  );
}
