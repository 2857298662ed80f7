import { EQ } from "../catalog-operators.js";
import type { Connections } from "../copy/connections.js";
import { dollarQuoted } from "../dollar-quoted.js";
import type { LedgerTable } from "../ledger/ledger-table.js";
import { textQueries, textQuery } from "../text-query.js";
import { READ_COMMITTED } from "../transaction/ledger-statements.js";
import { LIMIT_WAITS } from "../transaction/lock-limit.js";
import { WAIT_FOR_DISK } from "../transaction/wait-for-disk.js";

/** What the ledger has of the sources of a spool. */
export class SpooledSources {
  readonly #connections: Connections;
  readonly #openLedger: () => Promise<LedgerTable>;

  constructor(connections: Connections, openLedger: () => Promise<LedgerTable>) {
    this.#connections = connections;
    this.#openLedger = openLedger;
  }

  /**
   * Makes sure that what is committed is durable: only then may files be removed.
   *
   * @returns the positions of those that are still owned, by name
   */
  async durablePositions(
    sources: readonly { readonly name: string; readonly owner: string }[],
  ): Promise<ReadonlyMap<string, bigint>> {
    const ledger = await this.#openLedger();
    const owned = sources.map(
      ({ name, owner }) => `(${literal(name)}, '${owner}'::pg_catalog.uuid)`,
    );
    const touch =
      `UPDATE ${ledger.name} AS l SET updated_at = pg_catalog.now() ` +
      `FROM (VALUES ${owned.join(", ")}) AS own (source, owner) ` +
      `WHERE l.source ${EQ} own.source AND l.owner ${EQ} own.owner ` +
      `RETURNING l.source, l.position::pg_catalog.text`;
    const statements = [READ_COMMITTED, WAIT_FOR_DISK, LIMIT_WAITS, touch];
    const results = await this.#connections.use((client) => textQueries(client, statements));
    return new Map(results.at(-1)!.map(([name, position]) => [name!, BigInt(position!)]));
  }

  /** Removes the sources of a stream whose rows are all committed. */
  async forget(stream: string): Promise<void> {
    const ledger = await this.#openLedger();
    // The range of the prefix, for an index in the order of bytes: "0" is the byte after "/".
    const [from, to] = [`spool/${stream}/`, `spool/${stream}0`];
    const source = `source COLLATE pg_catalog."C"`;
    const sql =
      `DELETE FROM ${ledger.name} WHERE ${source} OPERATOR(pg_catalog.>=) ${literal(from)} ` +
      `AND ${source} OPERATOR(pg_catalog.<) ${literal(to)}`;
    await this.#connections.useSoon((client) => client.query(textQuery(sql)));
  }
}

function literal(name: string): string {
  return dollarQuoted(name, "source");
}
