/**
 * A thread that tells its parent how many rows have arrived. Node's timers have a resolution of a
 * millisecond, and a loop that polls the clock would occupy one of the cores.
 */
import { parentPort, workerData } from "node:worker_threads";

import { monotonicMs } from "./monotonic-ms.js";

const SHORTEST_PAUSE_MS = 0.25;

const arrivals = workerData as Float64Array;
const sleeper = new Int32Array(new SharedArrayBuffer(4));

let due = 0;
while (due < arrivals.length) {
  const wait = arrivals[due]! - monotonicMs();
  if (wait > 0) Atomics.wait(sleeper, 0, 0, Math.max(wait, SHORTEST_PAUSE_MS));
  const now = monotonicMs();
  while (due < arrivals.length && arrivals[due]! <= now) {
    due += 1;
  }
  parentPort!.postMessage(due);
}
