import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chmod, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

import { freePort } from "@batch-copy/test-server";
import { Client } from "pg";

import { eventually } from "./eventually.js";

/** Where the program is, if it is installed. Debian keeps it where only root's PATH leads. */
const program: string | undefined = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin"]
  .map((folder) => join(folder, "pgbouncer"))
  .find((path) => existsSync(path));

/** Ends the pooler and removes its folder at the end of its input, however that comes. */
const KEEPER = `
folder=$1
shift
"$@" &
read -r _
kill $!
wait $!
rm -rf "$folder"
`;

/** A PgBouncer in transaction mode. */
export class PgBouncer {
  static readonly isInstalled = program !== undefined;
  /** As the server's, but through the pooler. */
  readonly url: string;
  readonly #keeper: ChildProcess;

  /**
   * @param url of the server, as the one role that may come in
   * @param connections how many to the server there are
   */
  static async start(url: string, connections: number): Promise<PgBouncer> {
    const folder = await mkdtemp(join(tmpdir(), "batch-copy-pgbouncer-"));
    await chmod(folder, 0o755);
    const pooled = new URL(url);
    pooled.port = `${await freePort()}`;
    const config = join(folder, "pgbouncer.ini");
    const users = join(folder, "users");
    await writeFile(users, `"${pooled.username}" "${pooled.password}"\n`);
    await writeFile(config, configFor(new URL(url), pooled, { users, connections }));
    const bouncer = new PgBouncer(pooled.href, keep(folder, config));
    await eventually(() => bouncer.#isUp(), "PgBouncer takes connections");
    return bouncer;
  }

  private constructor(url: string, keeper: ChildProcess) {
    this.url = url;
    this.#keeper = keeper;
  }

  async stop(): Promise<void> {
    this.#keeper.stdin!.end();
    await once(this.#keeper, "exit");
  }

  async #isUp(): Promise<boolean> {
    const client = new Client(this.url);
    client.on("error", () => {});
    return client.connect().then(
      () => client.end().then(() => true),
      () => false,
    );
  }
}

function configFor(
  server: URL,
  pooled: URL,
  { users, connections }: { readonly users: string; readonly connections: number },
): string {
  return `
[databases]
* = host=${server.hostname} port=${server.port}
[pgbouncer]
listen_addr = ${pooled.hostname}
listen_port = ${pooled.port}
unix_socket_dir =
auth_type = trust
auth_file = ${users}
pool_mode = transaction
default_pool_size = ${connections}
server_login_retry = 0.1
`;
}

function keep(folder: string, config: string): ChildProcess {
  // It refuses to run as root.
  const user = process.getuid?.() === 0 ? ["--user=nobody"] : [];
  const command = [program!, "--quiet", ...user, config];
  return spawn("/bin/sh", ["-c", KEEPER, "pgbouncer-keeper", folder, ...command], {
    stdio: ["pipe", "ignore", "inherit"],
    detached: true,
  });
}
