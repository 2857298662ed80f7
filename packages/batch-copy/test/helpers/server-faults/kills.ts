import { patiently } from "./patiently.js";
import type { Scene } from "./scene.js";

/** Kills a process of the server that is at work for the copier. It may end before it is killed. */
export async function killBusyBackend(scene: Scene): Promise<void> {
  await patiently(async () => {
    try {
      return process.kill(await busyBackend(scene), "SIGKILL");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ESRCH") {
        return false;
      }
      throw error;
    }
  }, "a backend is killed");
}

/** A process of the server that is at work for the copier. */
export async function busyBackend(scene: Scene): Promise<number> {
  let pid: number | undefined;
  await patiently(async () => {
    const rows = await scene.server.query<{ pid: number }>(
      "SELECT pid FROM pg_stat_activity WHERE usename = 'writer' AND state <> 'idle' ORDER BY random() LIMIT 1",
    );
    pid = rows[0]?.pid;
    return pid !== undefined;
  }, "a backend is busy");
  return pid!;
}

/** Resolves when the server takes connections. */
export async function untilUp(scene: Scene): Promise<void> {
  await patiently(
    () =>
      scene.server.query("SELECT").then(
        () => true,
        () => false,
      ),
    "the server takes connections",
  );
}

/** What may end processes of a server, and is over then. */
export const KILLS: readonly (readonly [
  what: string,
  strike: (scene: Scene) => Promise<unknown>,
])[] = [
  [
    "backends are terminated",
    async (scene) => scene.server.query(`SELECT pg_terminate_backend(${await busyBackend(scene)})`),
  ],
  [
    "a backend is killed, which restarts them all",
    async (scene) => {
      await killBusyBackend(scene);
      await untilUp(scene);
    },
  ],
  ["all processes of the server are killed", (scene) => scene.server.restart("kill")],
  ["the server is restarted", (scene) => scene.server.restart("fast")],
];
