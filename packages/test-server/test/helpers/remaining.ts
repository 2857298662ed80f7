import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** Those of the processes that are still there; it is waited for them to go. */
export async function remaining(pids: readonly number[]): Promise<number[]> {
  const end = Date.now() + 5000;
  while (pids.some(isRunning) && Date.now() < end) await sleep(10);
  return pids.filter(isRunning);
}

/** Whether the process is there, and not only its entry, for a parent that does not ask. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  return !isZombie(pid);
}

function isZombie(pid: number): boolean {
  if (process.platform !== "linux") return false;
  try {
    return /^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return true;
  }
}
