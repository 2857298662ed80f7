import { randomUUID } from "node:crypto";

import { textQuery, type TextQueryable, type TextRow } from "../text-query.js";
import type { Answer } from "./guard.js";
import { askIncarnation, type Incarnation } from "./incarnation.js";
import type { LedgerRow, LedgerSource, Move } from "./ledger-source.js";
import type { LedgerStatements } from "./ledger-statements.js";
import { isRefusedQuestion } from "./server-error.js";

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
  const server = await incarnationOf(client);
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
  const { rows: found } = await client.query(textQuery(statements.lock(sources)));
  const rows = rowsOf(found);
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
  // Behind a pooler, only a transaction stays on one backend.
  await client.query("BEGIN ISOLATION LEVEL READ COMMITTED");
  try {
    const { rows: found } = await client.query(textQuery(statements.lock(sources)));
    const rows = rowsOf(found);
    const own = sources.filter((source) => {
      const owner = rows.get(source.name)?.owner;
      return owner !== undefined && source.isOwner(owner);
    });
    const owner = randomUUID();
    own.forEach((source) => source.claiming(owner));
    if (own.length > 0) {
      await client.query(statements.claim(own, owner));
    }
    await client.query("COMMIT");
    own.forEach((source) => source.claimed(owner));
    return rows;
  } catch (error) {
    // It is rolled back as well if the connection is lost, and that is what the error says.
    await client.query("ROLLBACK").catch(noop);
    throw error;
  }
}

function noop(): void {}

function rowsOf(found: readonly TextRow[]): ReadonlyMap<string, LedgerRow> {
  return new Map(
    found.map(([name, owner, position]) => [name!, { owner: owner!, position: BigInt(position!) }]),
  );
}

async function incarnationOf(client: TextQueryable): Promise<Incarnation | undefined> {
  try {
    return await askIncarnation(client);
  } catch (error) {
    if (isRefusedQuestion(error)) {
      return undefined;
    }
    throw error;
  }
}
