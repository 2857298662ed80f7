import { spawn, type ChildProcess } from "node:child_process";
import type { Writable } from "node:stream";

/**
 * Reads process ids, one per line, an empty line for none. At the end of its input it stops the last
 * one and removes the folder. A postmaster that stops immediately removes postmaster.pid last;
 * `kill -0` alone would wait for a zombie if nothing reaps orphans.
 */
const SCRIPT = `
folder=$1
pid=
while read -r line; do pid=$line; done
if [ -n "$pid" ]; then
  kill -QUIT "$pid"
  tries=100
  while [ $tries -gt 0 ] && [ -e "$folder/data/postmaster.pid" ] && kill -0 "$pid"; do
    sleep 0.1
    tries=$((tries - 1))
  done
  kill -KILL "$pid"
fi
umount "$folder/disk"
tries=20
until rm -rf "$folder"; do
  [ $tries -gt 0 ] || exit 1
  sleep 0.1
  tries=$((tries - 1))
done
`;

/**
 * A shell that outlives this process, however it ends, and then stops the watched process and removes
 * the folder. It does not keep the event loop alive and does not receive the terminal's Ctrl-C.
 */
export class Watchdog {
  readonly #shell: ChildProcess;
  readonly #input: Writable;
  readonly #ended: Promise<string>;

  /** Guards `folder`, whose database cluster, if any, is in `folder/data`. */
  constructor(folder: string) {
    const shell = spawn("/bin/sh", ["-c", SCRIPT, "test-server-watchdog", folder], {
      cwd: "/",
      detached: true,
      stdio: ["pipe", "ignore", "ignore"],
    });
    this.#shell = shell;
    this.#input = shell.stdin;
    this.#ended = new Promise((resolve) => {
      shell.once("error", (error) => resolve(error.message));
      shell.once("exit", (code, signal) => resolve(signal ?? `exit code ${code}`));
    });
    // Writing to a shell that has died is not an error here: end() reports it.
    this.#input.on("error", () => {});
    shell.unref();
  }

  /** Makes `child` the process to stop, until it exits by itself. */
  watch(child: ChildProcess): void {
    if (child.pid === undefined) return;
    this.#input.write(`${child.pid}\n`);
    child.once("exit", () => this.#input.write("\n"));
  }

  /** Stops the watched process at once, if it still runs, and removes the folder. */
  async end(): Promise<void> {
    this.#shell.ref();
    this.#input.end();
    const ended = await this.#ended;
    if (ended !== "exit code 0") throw new Error(`The watchdog failed: ${ended}`);
  }
}
