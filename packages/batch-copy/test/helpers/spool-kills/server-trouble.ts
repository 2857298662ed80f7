import { setTimeout as sleep } from "node:timers/promises";

import type { SeededRandom } from "../fault/seeded-random.js";
import { untilUp } from "../server-faults/kills.js";
import type { Scene } from "../server-faults/scene.js";

/** What has befallen the server and the connections. */
export interface TroubleCounts {
  serverKills: number;
  cuts: number;
  locks: number;
}

interface TroubleOptions {
  /** Qualified. */
  readonly tables: readonly string[];
  readonly random: SeededRandom;
  readonly isEnded: () => boolean;
}

/** Milliseconds between two troubles, and for which a table is locked, at most. */
const PAUSE_MS = 4000;
const LOCK_MS = 1500;

/** A session of the processes, if there is one: rather one that is at work. */
const SESSION =
  "SELECT pid FROM pg_stat_activity WHERE usename = 'writer' ORDER BY state = 'idle', random() LIMIT 1";

const STRIKES: readonly ((scene: Scene) => Promise<unknown>)[] = [
  ({ server }) => server.query(`SELECT pg_terminate_backend(pid) FROM (${SESSION}) AS session`),
  killBackend,
  ({ server }) => server.restart("kill"),
  ({ server }) => server.restart("fast"),
];

/** Lets the server be killed, connections be cut and tables be locked until it is ended. */
export async function makeTrouble(
  scene: Scene,
  { tables, random, isEnded }: TroubleOptions,
): Promise<TroubleCounts> {
  const counts: TroubleCounts = { serverKills: 0, cuts: 0, locks: 0 };
  while (!isEnded()) {
    await sleep(random.below(PAUSE_MS));
    const choice = random.below(100);
    if (choice < 30) {
      await random.pick(STRIKES)(scene);
      counts.serverKills++;
    } else if (choice < 65) {
      scene.proxy.strike(random.pick(["cut", "close"]));
      counts.cuts++;
    } else {
      await using _ = await scene.lockTable(random.pick(tables));
      await sleep(random.below(LOCK_MS));
      counts.locks++;
    }
  }
  return counts;
}

/** Kills a process of the server, which restarts them all. */
async function killBackend(scene: Scene): Promise<void> {
  for (const { pid } of await scene.server.query<{ pid: number }>(SESSION)) {
    try {
      process.kill(pid, "SIGKILL");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") {
        throw error;
      }
    }
  }
  await untilUp(scene);
}
