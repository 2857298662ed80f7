import { setTimeout as sleep } from "node:timers/promises";

import type { SeededRandom } from "../../../../batch-copy/dist-test/helpers/fault/seeded-random.js";
import type { Scene } from "../../../../batch-copy/dist-test/helpers/server-faults/scene.js";

/** What has befallen the server and the connections. */
export interface HurtCounts {
  serverKills: number;
  cuts: number;
  locks: number;
}

interface HurtOptions {
  /** Qualified. */
  readonly table: string;
  readonly random: SeededRandom;
  /** Ends it. */
  readonly signal: AbortSignal;
}

/** Milliseconds between two troubles, and for which a table is locked, at most. */
const PAUSE_MS = 2500;
const LOCK_MS = 800;

/** Terminates backends, restarts the server, cuts connections and locks the table until it is ended. */
export async function hurtServer(
  scene: Scene,
  { table, random, signal }: HurtOptions,
): Promise<HurtCounts> {
  const counts: HurtCounts = { serverKills: 0, cuts: 0, locks: 0 };
  await pause(random.below(PAUSE_MS), signal);
  while (!signal.aborted) {
    const choice = random.below(100);
    if (choice < 10) {
      await scene.server.restart(random.pick(["kill", "fast"]));
      counts.serverKills++;
    } else if (choice < 40) {
      await scene.server.query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'writer' ORDER BY random() LIMIT 1",
      );
      counts.serverKills++;
    } else if (choice < 70) {
      scene.proxy.strike(random.pick(["cut", "close"]));
      counts.cuts++;
    } else {
      await using _ = await scene.lockTable(table);
      await pause(random.below(LOCK_MS), signal);
      counts.locks++;
    }
    await pause(random.below(PAUSE_MS), signal);
  }
  return counts;
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, { signal }).catch((error: unknown) => {
    if (!signal.aborted) {
      throw error;
    }
  });
}
