import { setTimeout as sleep } from "node:timers/promises";

import { holdAnswers } from "./hold-commits.js";
import { patiently } from "./patiently.js";
import type { Stage } from "./stage.js";
import type { Standby } from "./standby.js";

/** What reaches the server whose commits wait. */
type Waiting = Pick<Stage, "scene" | "name" | "sql">;

/** Sessions whose commit waits for a synchronous standby. */
const WAITING = "FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND usename = 'writer'";

const PAUSE_MS = 50;

/** What may keep the answers to commits from their clients until the server is lost. */
const LOSSES = [holdAnswers, cutWhileHeld, endWaits] as const;

/** Lets one of the things happen after which clients do not know what a synchronous standby has. */
export async function loseInTurn(turn: number, stage: Waiting, standby: Standby): Promise<void> {
  await LOSSES[turn % LOSSES.length]!(stage, standby);
}

/** Lets commits wait for a standby that receives nothing, while their connections are cut. */
async function cutWhileHeld(stage: Waiting, standby: Standby): Promise<void> {
  standby.lag();
  await untilSome(stage, `SELECT ${WAITING}`);
  stage.scene.proxy.strike("cut");
  await sleep(2 * PAUSE_MS);
}

/**
 * Ends sessions whose commit waits for a standby that receives nothing: what they have committed can be
 * seen from then on, and is lost if the server is (`SyncRepWaitForLSN` in src/backend/replication/syncrep.c).
 */
async function endWaits(stage: Waiting, standby: Standby): Promise<void> {
  standby.lag();
  await endEach(stage, "pg_terminate_backend");
}

/** As {@link endWaits}, but the sessions stay, and tell their clients that they have committed. */
export async function cancelWaits(stage: Waiting, standby: Standby): Promise<void> {
  standby.lag();
  await endEach(stage, "pg_cancel_backend");
}

async function endEach(stage: Waiting, how: string): Promise<void> {
  for (let time = 0; time < 4; time++) {
    await untilSome(stage, `SELECT ${how}(pid) ${WAITING}`);
    await sleep(PAUSE_MS);
  }
}

async function untilSome(stage: Waiting, query: string): Promise<void> {
  await patiently(async () => {
    const rows = await stage.sql(query);
    return rows.length > 0;
  }, "commits wait for the standby");
}
