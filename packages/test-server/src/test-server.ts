import { Client, type QueryResult } from "pg";

import { copyCluster } from "./cluster.js";
import { Postmaster, type HaltMode } from "./postmaster.js";
import { withNewSite, type Site } from "./site.js";
import { SmallDisk } from "./small-disk.js";

/** How a standby reaches its primary. */
interface StandbyOptions {
  /** A port that leads to the primary, such as that of a proxy. @default the primary's own */
  readonly port?: number;
}

/** A temporary PostgreSQL server. */
export class TestServer {
  readonly dataDir: string;
  readonly #site: Site;
  readonly #settings: Readonly<Record<string, string>>;
  readonly #password: string;
  readonly #postmaster: Postmaster;
  #stopped: Promise<void> | undefined;

  private constructor(
    site: Site,
    settings: Readonly<Record<string, string>>,
    password: string,
    postmaster: Postmaster,
  ) {
    this.dataDir = site.dataDir;
    this.#site = site;
    this.#settings = settings;
    this.#password = password;
    this.#postmaster = postmaster;
  }

  /** Starts a server whose cluster is there already. */
  static async start(
    site: Site,
    settings: Readonly<Record<string, string>>,
    password: string,
  ): Promise<TestServer> {
    return new TestServer(site, settings, password, await Postmaster.start(site, settings));
  }

  get port(): number {
    return this.#postmaster.port;
  }

  /** Connects as the superuser `postgres`, password included. */
  get url(): string {
    return `postgres://postgres:${this.#password}@127.0.0.1:${this.port}/postgres`;
  }

  /** The process id of the postmaster; it changes with each start. Throws while the server is down. */
  get pid(): number {
    return this.#postmaster.pid;
  }

  /**
   * Runs statements as the superuser, over a connection of their own. Returns the rows of the
   * last statement.
   */
  async query<Row>(sql: string): Promise<Row[]> {
    const client = new Client(this.url);
    // Without a listener, a server that goes down in between would end the process.
    client.on("error", () => {});
    await client.connect();
    try {
      const results: QueryResult[] = [await client.query(sql)].flat();
      return (results.at(-1)?.rows ?? []) as Row[];
    } finally {
      await client.end();
    }
  }

  /** Stops the server; port and data stay, for {@link resume}. */
  halt(mode: HaltMode): Promise<void> {
    return this.#postmaster.halt(mode);
  }

  /** Starts the server again after {@link halt}, and resolves when it takes connections. */
  resume(): Promise<void> {
    return this.#postmaster.resume();
  }

  /** As {@link halt} and {@link resume}. */
  async restart(mode: HaltMode): Promise<void> {
    await this.halt(mode);
    await this.resume();
  }

  /**
   * Starts a hot standby that streams from this server and answers to the name `standby`. This server
   * is restarted for it (`fast`), because a cluster that is shut down can be copied without tools. Stop
   * the standby separately; `SELECT pg_promote()` makes it a primary.
   */
  async startStandby({ port = this.port }: StandbyOptions = {}): Promise<TestServer> {
    return withNewSite(this.#site, async (site) => {
      await this.halt("fast");
      await copyCluster(this.#site, site);
      await this.resume();
      const primary = `host=127.0.0.1 port=${port} user=postgres password=${this.#password}`;
      const settings = {
        ...this.#settings,
        primary_conninfo: `${primary} application_name=standby`,
      };
      return TestServer.start(site, settings, this.#password);
    });
  }

  /**
   * Mounts a file system of the given size in bytes; only root can. One at a time.
   *
   * @example
   * const disk = await server.mountDisk(16 * 1024 * 1024);
   * await server.query(`CREATE TABLESPACE small LOCATION '${disk.path}'`);
   */
  mountDisk(bytes: number): Promise<SmallDisk> {
    return SmallDisk.mount(this.#site, bytes);
  }

  /** Stops the server and removes its folder; further calls await the first. */
  stop(mode: HaltMode = "fast"): Promise<void> {
    return (this.#stopped ??= this.#stop(mode));
  }

  async #stop(mode: HaltMode): Promise<void> {
    await this.halt(mode);
    await this.#site.watchdog.end();
  }
}
