// @ts-check

import pg from "pg";

/** How the tables are spread over the nodes; each is a way to make a table one of its kind. */
const PLACEMENTS = {
  distributed: "SELECT create_distributed_table($1::regclass, 'id', colocate_with => 'none')",
  reference: "SELECT create_reference_table($1::regclass)",
  local: undefined,
};

/** @typedef {keyof typeof PLACEMENTS} Placement */

export const placements = /** @type {Placement[]} */ (Object.keys(PLACEMENTS));

/** A Citus cluster as seen from its coordinator, and a schema in it for the checks. */
export class CitusCluster {
  /** @type {string} */
  url;
  /** The versions and nodes, as a line. */
  description;
  /** @type {pg.Pool} */
  pool;
  #schema = `batch_copy_${process.pid}`;
  #tables = 0;
  /** What has to be undone, whatever happens. @type {Set<() => Promise<void>>} */
  #undo = new Set();

  /**
   * Throws what is missing if the server is no coordinator of a Citus cluster with workers.
   * @param {string} url
   */
  static async connect(url) {
    const pool = new pg.Pool({
      connectionString: url,
      options: "-c citus.enable_unsafe_triggers=on -c client_min_messages=warning",
      // Sessions whose workers have restarted since fail once.
      maxUses: 1,
    });
    // A lost connection is replaced; the query that needed it rejects.
    pool.on("error", () => {});
    try {
      const cluster = new CitusCluster(url, pool, await describe(pool));
      await cluster.#createSchema();
      return cluster;
    } catch (error) {
      await pool.end();
      throw error;
    }
  }

  /**
   * @param {string} url
   * @param {pg.Pool} pool
   * @param {string} description
   */
  constructor(url, pool, description) {
    this.url = url;
    this.pool = pool;
    this.description = description;
  }

  /**
   * Creates an empty table and returns its qualified name. A row whose note is `raise`, `raise 42P01`
   * or `null` is refused by a trigger or, once the trigger has changed it, by NOT NULL.
   * @param {Placement} placement
   * @param {{ keyed?: boolean }} [options] without a key a row that is written twice shows
   */
  async createTable(placement, { keyed = true } = {}) {
    const table = `${this.#schema}.${placement}_${this.#tables++}`;
    await this.pool.query(`CREATE TABLE ${table} (
      id int4 NOT NULL, note text NOT NULL, amount int4 CONSTRAINT positive_amount CHECK (amount > 0)
      ${keyed ? ", PRIMARY KEY (id)" : ""})`);
    const place = PLACEMENTS[placement];
    if (place !== undefined) await this.pool.query(place, [table]);
    await this.pool.query(
      `CREATE TRIGGER refuse BEFORE INSERT ON ${table} FOR EACH ROW EXECUTE FUNCTION ${this.#schema}.refuse()`,
    );
    return table;
  }

  /**
   * The ids in the table, in order, each as often as it is there.
   * @param {string} table
   * @returns {Promise<number[]>}
   */
  async ids(table) {
    const { rows } = await this.pool.query(`SELECT id FROM ${table} ORDER BY id`);
    return rows.map(({ id }) => id);
  }

  /**
   * What the server says of a row in an INSERT, which keeps the worker's SQLSTATE.
   * @param {string} table
   * @param {import("./check.mjs").Row} row
   * @returns {Promise<pg.DatabaseError>}
   */
  async insertError(table, { id, note, amount }) {
    const client = await this.pool.connect();
    try {
      await client.query("BEGIN");
      await client.query(`INSERT INTO ${table} VALUES ($1, $2, $3)`, [id, note, amount]);
      throw new Error(`INSERT takes row ${id}`);
    } catch (error) {
      if (error instanceof pg.DatabaseError) return error;
      throw error;
    } finally {
      await client.query("ROLLBACK");
      client.release();
    }
  }

  /**
   * Sets a parameter for new sessions of the role on all nodes, for as long as the action takes.
   * @param {string} parameter
   * @param {string} value
   * @param {() => Promise<void>} action
   */
  async withParameter(parameter, value, action) {
    const { rows } = await this.pool.query(
      "SELECT format('ALTER ROLE %I IN DATABASE %I', current_user, current_database()) AS command",
    );
    const [{ command }] = rows;
    await this.untilUndone(
      async () => void (await this.pool.query(`${command} RESET ${parameter}`)),
      async () => {
        await this.pool.query(`${command} SET ${parameter} = '${value}'`);
        await action();
      },
    );
  }

  /**
   * Runs the action, and then undoes what it has done; also if `close()` comes in between.
   * @param {() => Promise<void>} undo
   * @param {() => Promise<void>} action
   */
  async untilUndone(undo, action) {
    this.#undo.add(undo);
    try {
      await action();
    } finally {
      if (this.#undo.delete(undo)) await undo();
    }
  }

  async close() {
    for (const undo of this.#undo) {
      this.#undo.delete(undo);
      await undo();
    }
    await this.pool.query(`DROP SCHEMA ${this.#schema} CASCADE`);
    await this.pool.end();
  }

  async #createSchema() {
    await this.pool.query(`CREATE SCHEMA ${this.#schema}`);
    await this.pool.query(`CREATE FUNCTION ${this.#schema}.refuse() RETURNS trigger
      LANGUAGE plpgsql AS $$
      BEGIN
        IF NEW.note = 'raise' THEN RAISE EXCEPTION 'refused by a trigger'; END IF;
        IF NEW.note = 'raise 42P01' THEN RAISE EXCEPTION 'no such thing' USING ERRCODE = '42P01'; END IF;
        IF NEW.note = 'null' THEN NEW.note := NULL; END IF;
        RETURN NEW;
      END $$`);
  }
}

/**
 * @param {pg.Pool} pool
 * @returns {Promise<string>}
 */
async function describe(pool) {
  const extension = await pool.query("SELECT FROM pg_extension WHERE extname = 'citus'");
  if (extension.rowCount === 0) throw new Error("The server of DATABASE_URL has no Citus.");
  const { rows } = await pool.query(`SELECT
    (SELECT groupid FROM pg_dist_local_group) = 0 AS coordinates,
    (SELECT count(*)::int FROM pg_dist_node WHERE groupid <> 0 AND isactive) AS workers,
    (SELECT extversion FROM pg_extension WHERE extname = 'citus') AS citus,
    current_setting('server_version') AS server`);
  const [{ coordinates, workers, citus, server }] = rows;
  if (!coordinates || workers === 0) {
    throw new Error("The server of DATABASE_URL is no Citus coordinator with workers.");
  }
  return `Citus ${citus} on PostgreSQL ${server}, ${workers} workers`;
}
