import { startServer, type TestServer } from "@batch-copy/test-server";
import { Client } from "pg";

import { ledgerDdl, table, type Table } from "../../../dist/index.js";
import { AUDITED_COLUMNS } from "../fault/audited-table.js";
import { FaultProxy } from "../fault/fault-proxy.js";
import { patiently } from "./patiently.js";

/** A port at which nobody listens. */
const NOWHERE = "postgres://127.0.0.1:1";

/** Commits survive the server's crash, though not the machine's, which nobody provokes here. */
const SETTINGS = {
  synchronous_commit: "on",
  max_connections: "20",
  deadlock_timeout: "20ms",
  // Little is copied for a standby, and nothing is missing when it begins to stream.
  max_wal_size: "256MB",
  wal_keep_size: "256MB",
};

/**
 * A server to be hurt, with a role that may only write, outside of its schema `work`, and a proxy before
 * it.
 */
export class Scene {
  readonly proxy: FaultProxy;
  #server: TestServer;
  /** What the proxy leads to. */
  #way: string;
  #tables = 0;

  private constructor(server: TestServer, proxy: FaultProxy) {
    this.#server = server;
    this.#way = server.url;
    this.proxy = proxy;
  }

  /** @param settings further ones of the server */
  static async open(settings: Readonly<Record<string, string>> = {}): Promise<Scene> {
    const nativeDir = process.env["TEST_SERVER_NATIVE_DIR"];
    const server = await startServer({
      settings: { ...SETTINGS, ...settings },
      ...(nativeDir && { nativeDir }),
    });
    await server.query("CREATE ROLE writer LOGIN PASSWORD 'pen'");
    await server.query("CREATE ROLE guest LOGIN PASSWORD 'pen'");
    await server.query("CREATE SCHEMA work AUTHORIZATION writer");
    await server.query(`${ledgerDdl()}; GRANT ALL ON batch_copy_ledger TO writer`);
    return new Scene(server, await FaultProxy.start(() => undefined, server.url));
  }

  get server(): TestServer {
    return this.#server;
  }

  /** The way of the role that writes, through the proxy. */
  get writerUrl(): string {
    return urlAs("writer", this.proxy.url);
  }

  /** The way of a role that does nothing, past the proxy. */
  get guestUrl(): string {
    return urlAs("guest", this.#server.url);
  }

  /** A new table for audited rows. */
  async createTable(): Promise<Table<typeof AUDITED_COLUMNS>> {
    const definition = table(`audited_${this.#tables++}`, AUDITED_COLUMNS);
    await this.#server.query(`${definition.ddl}; GRANT INSERT ON ${definition.name} TO writer`);
    return definition;
  }

  /** Changes a setting of the server, for sessions that are there already too. */
  async changeSetting(name: string, value: string): Promise<void> {
    // ALTER SYSTEM must be alone, and a query of several statements is one transaction.
    await this.#server.query(`ALTER SYSTEM SET ${name} = '${value}'`);
    await this.#server.query("SELECT pg_reload_conf()");
  }

  /** Takes the change back. */
  async resetSetting(name: string): Promise<void> {
    await this.#server.query(`ALTER SYSTEM RESET ${name}`);
    await this.#server.query("SELECT pg_reload_conf()");
  }

  /** Holds a lock on the table, so that COPY waits, until it is disposed of. */
  async lockTable(name: string): Promise<AsyncDisposable> {
    const client = new Client(this.#server.url);
    await client.connect();
    // Whatever the settings are by then.
    await client.query("SET statement_timeout = 0; SET lock_timeout = 0");
    await client.query(`BEGIN; LOCK TABLE ${name}`);
    return {
      async [Symbol.asyncDispose]() {
        await client.query("COMMIT");
        await client.end();
      },
    };
  }

  /** Resolves when the role that writes has no session left, or a pooler has none at work. */
  async untilIdle(): Promise<void> {
    const isPooled = this.#way !== this.#server.url;
    if (isPooled) {
      await patiently(() => this.proxy.phases.length === 0, "what was held back is passed on");
    }
    await patiently(async () => {
      const sessions = await this.#server.query(
        `SELECT FROM pg_stat_activity WHERE usename = 'writer' AND (state <> 'idle' OR ${!isPooled})`,
      );
      return sessions.length === 0;
    }, "no session is left behind");
  }

  /** Puts a pooler between the proxy and the server. */
  leadBy(url: string): void {
    this.#way = url;
    this.proxy.pointTo(url);
  }

  /** Goes over to another server, which has taken the place of the first. */
  goOverTo(server: TestServer): void {
    this.#server = server;
    this.leadBy(server.url);
  }

  /** From now on nobody can connect. */
  hide(): void {
    this.proxy.pointTo(NOWHERE);
  }

  /** Ends what {@link hide} began. */
  show(): void {
    this.proxy.pointTo(this.#way);
  }

  async close(): Promise<void> {
    await this.proxy.close();
    await this.#server.stop("immediate");
  }
}

function urlAs(role: string, href: string): string {
  const url = new URL(href);
  url.username = role;
  url.password = "pen";
  return url.href;
}
