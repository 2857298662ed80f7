import { readdirSync, readFileSync } from "node:fs";

import type { Client } from "pg";

/** Linux counts CPU time in hundredths of a second (USER_HZ). */
const MICROS_PER_TICK = 10_000;

/** A process, as `/proc/PID/stat` describes it. */
interface ProcessStat {
  readonly name: string;
  readonly parent: number;
  readonly ticks: number;
  /** Of children that have ended. */
  readonly endedTicks: number;
}

/** The process id of the postmaster; undefined if the server does not run on this machine under Linux. */
export async function postmasterOf(client: Client): Promise<number | undefined> {
  const { rows } = await client.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
  const backend = statOf(rows[0]!.pid);
  return backend?.name === "postgres" ? backend.parent : undefined;
}

/** The CPU time of the postmaster and of all its children up to now, those that have ended included. */
export function serverCpuMicros(postmaster: number): number {
  let ticks = 0;
  for (const entry of readdirSync("/proc")) {
    const pid = Number(entry);
    const stat = Number.isNaN(pid) ? undefined : statOf(pid);
    if (pid === postmaster) ticks += (stat?.ticks ?? 0) + (stat?.endedTicks ?? 0);
    else if (stat?.parent === postmaster) ticks += stat.ticks;
  }
  return ticks * MICROS_PER_TICK;
}

/** Undefined if there is no such process, or no `/proc`. */
function statOf(pid: number): ProcessStat | undefined {
  const text = readOf(`/proc/${pid}/stat`);
  // The name may hold spaces and parentheses. The fields after it are numbered as in proc(5).
  const [, name, rest] = /^\d+ \((.*)\) (.*)/s.exec(text ?? "") ?? [];
  if (name === undefined || rest === undefined) return undefined;
  const fields = rest.split(" ");
  const field = (number: number): number => Number(fields[number - 3]);
  return {
    name,
    parent: field(4),
    ticks: field(14) + field(15),
    endedTicks: field(16) + field(17),
  };
}

function readOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ESRCH") return undefined;
    throw error;
  }
}
