import { createHash } from "node:crypto";

import { EQ } from "../catalog-operators.js";
import { dollarQuoted } from "../dollar-quoted.js";
import type { LedgerSource, Move } from "./ledger-source.js";

/**
 * The parameter that a guard reads if a source did not move. It does not exist, so the transaction fails
 * with an error that nothing else raises.
 */
const PARAMETER = "batch_copy.moved";

/**
 * With an older snapshot, a guard would not see the position that the transaction before it has left, and
 * a claim would fail because of it.
 */
export const READ_COMMITTED: string = "SET TRANSACTION ISOLATION LEVEL READ COMMITTED";

/** `undefined_object`. */
const UNDEFINED_OBJECT = "42704";

/** What is said to a ledger. Every name and operator is qualified, and no setting changes a meaning. */
export class LedgerStatements {
  /** The name of the guard of one move, as it is prepared. */
  readonly preparedName: string;
  /** PREPARE of the guard of one move. */
  readonly prepare: string;
  readonly #ledger: string;

  /** @param ledger the qualified name of its table, quoted */
  constructor(ledger: string) {
    this.#ledger = ledger;
    const types = "pg_catalog.text, pg_catalog.uuid, bigint, bigint";
    const update =
      `UPDATE ${ledger} SET position = $4, updated_at = pg_catalog.now() ` +
      `WHERE source ${EQ} $1 AND owner ${EQ} $2 AND position ${EQ} $3`;
    const sql = guard(update, 1);
    // Copiers with several ledgers, and of several versions, may share the sessions of a pool.
    const hash = createHash("sha256").update(sql).digest("hex").slice(0, 12);
    this.preparedName = `batch_copy_guard_${hash}`;
    this.prepare = `PREPARE ${this.preparedName} (${types}) AS ${sql}`;
  }

  /** Moves a source, by the statement that the session has prepared. */
  execute({ source, from, to }: Move): string {
    return `EXECUTE ${this.preparedName} (${literal(source.name)}, '${source.owner}', ${from}, ${to})`;
  }

  /** Moves any number of sources. */
  move(moves: readonly Move[]): string {
    const values = moves.map(({ source, from, to }) => {
      return `(${literal(source.name)}, '${source.owner}'::pg_catalog.uuid, ${from}::bigint, ${to}::bigint)`;
    });
    const update =
      `UPDATE ${this.#ledger} AS l SET position = m.after, updated_at = pg_catalog.now() ` +
      `FROM (VALUES ${values.join(", ")}) AS m (source, owner, before, after) ` +
      `WHERE l.source ${EQ} m.source AND l.owner ${EQ} m.owner AND l.position ${EQ} m.before`;
    return guard(update, moves.length);
  }

  /** Reads and locks the rows of sources: waits for transactions that are moving them. */
  lock(sources: readonly LedgerSource[]): string {
    return (
      `SELECT source, owner::pg_catalog.text, position::pg_catalog.text FROM ${this.#ledger} ` +
      `WHERE source ${EQ} ANY (${list(sources)}) ORDER BY source FOR UPDATE`
    );
  }

  /** Gives sources of these owners to another one: no transaction of theirs can move them any more. */
  claim(sources: readonly LedgerSource[], owners: readonly string[], owner: string): string {
    const former = owners.map((uuid) => `'${uuid}'`).join(", ");
    return (
      `UPDATE ${this.#ledger} SET owner = '${owner}', updated_at = pg_catalog.now() ` +
      `WHERE source ${EQ} ANY (${list(sources)}) ` +
      `AND owner ${EQ} ANY (ARRAY[${former}]::pg_catalog.uuid[])`
    );
  }

  /** Begins a source at position 0, unless it has begun, in the place of others. */
  begin({ name, owner }: LedgerSource, session: string, others: readonly LedgerSource[]): string {
    const insert =
      `INSERT INTO ${this.#ledger} (source, owner, session, position) ` +
      `VALUES (${literal(name)}, '${owner}', '${session}', 0) ON CONFLICT DO NOTHING`;
    return others.length === 0 ? insert : `WITH gone AS (${this.remove(others)}) ${insert}`;
  }

  remove(sources: readonly LedgerSource[]): string {
    return `DELETE FROM ${this.#ledger} WHERE source ${EQ} ANY (${list(sources)})`;
  }

  /** Whether an error says that a guard did not move all of its sources. */
  isUnmoved({ code, message }: { readonly code: string; readonly message: string }): boolean {
    return code === UNDEFINED_OBJECT && message.includes(PARAMETER);
  }

  /** Whether an error says that the session has not prepared the guard, or had prepared it before. */
  isAboutPreparation({ message }: { readonly message: string }): boolean {
    return message.includes(this.preparedName);
  }
}

function guard(update: string, count: number): string {
  return (
    `WITH moved AS (${update} RETURNING 1) SELECT CASE WHEN pg_catalog.count(*) ${EQ} ${count} ` +
    `THEN '' ELSE pg_catalog.current_setting('${PARAMETER}') END FROM moved`
  );
}

function list(sources: readonly LedgerSource[]): string {
  return `ARRAY[${sources.map(({ name }) => literal(name)).join(", ")}]::pg_catalog.text[]`;
}

function literal(name: string): string {
  return dollarQuoted(name, "source");
}
