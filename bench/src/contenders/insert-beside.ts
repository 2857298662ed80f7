import { setTimeout as sleep } from "node:timers/promises";

import type { CopierGroup } from "batch-copy";
import { Client } from "pg";

import { besideNeighbor } from "../workloads/share.js";
import { connectGroup, namesOf } from "./connect-group.js";
import type { Job, Open } from "./job.js";
import { inOpenLoop } from "./open-loop.js";

const FLOODING_PRODUCERS = 256;
const LOOK_EVERY_MS = 20;

/** Ends what disturbs the measurement; resolves when the neighbor has its rows. */
type End = () => Promise<unknown>;

/**
 * `group.insert()` of rows that arrive `perSecond`, after another table of the group has received
 * `neighborRows` rows, or while that is locked and receives them.
 */
export const open: Open = async (job) => {
  const { neighborRows = 0, locked = 0 } = job.options;
  const [healthy = "", neighbor = ""] = namesOf(
    besideNeighbor(neighborRows)(job.workload, job.rows),
  );
  const group = await connectGroup(job);
  await Promise.all([group.copier(healthy), group.copier(neighbor)]);
  const end = await (locked === 0 ? fill : fillLocked)(group, neighbor, job);
  return {
    write: () => inOpenLoop(job, (row) => group.insert(healthy, row)),
    async close() {
      await end();
      await group.close();
    },
  };
};

/** Commits the rows of the neighbor. */
async function fill(group: CopierGroup, name: string, job: Job): Promise<End> {
  await flood(group, name, job);
  await group.flush();
  return () => Promise.resolve();
}

/** Sends the rows of the neighbor, which is locked until the end. */
async function fillLocked(group: CopierGroup, name: string, job: Job): Promise<End> {
  const { neighborRows = 0 } = job.options;
  const unlock = await lock(name);
  const flooding = flood(group, name, job);
  await untilSendersWait(group, neighborRows);
  return () => Promise.all([unlock(), flooding]);
}

/** Locks the table in a session of its own; the function that it returns ends that. */
async function lock(name: string): Promise<() => Promise<void>> {
  const client = new Client(process.env["DATABASE_URL"]);
  await client.connect();
  await client.query(`BEGIN; LOCK TABLE ${name} IN ACCESS EXCLUSIVE MODE`);
  return () => client.end();
}

async function flood(group: CopierGroup, name: string, { workload, options }: Job): Promise<void> {
  const { neighborRows = 0 } = options;
  let next = 0;
  const produce = async (): Promise<void> => {
    while (next < neighborRows) {
      await group.send(name, workload.row(next++));
    }
  };
  await Promise.all(Array.from({ length: FLOODING_PRODUCERS }, produce));
}

/**
 * Until the table has its share of the buffer.
 *
 * @throws Error if it has all of its rows: nobody would wait while the time runs
 */
async function untilSendersWait(group: CopierGroup, rows: number): Promise<void> {
  while (group.stats.bytesWaiting === 0) {
    if (group.stats.rowsAccepted === rows) {
      throw new Error(`${rows} rows do not fill the share of the locked table`);
    }
    await sleep(LOOK_EVERY_MS);
  }
}
