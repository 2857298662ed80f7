import { eventsWorkload } from "../workloads/events.js";
import type { Workload } from "../workloads/workload.js";
import type { FileLoad } from "./file-load.js";

/** Events, an object a line. */
export const eventsFile: FileLoad = {
  name: "load-events",
  description: "NDJSON of 12 fields: ids, times, texts, numbers, an object and an array",
  format: "ndjson",
  workload: { ...(eventsWorkload as Workload), name: "events-file", rows: 300_000 },
  line(n) {
    const { amount, ...event } = eventsWorkload.row(n);
    return `${JSON.stringify({ ...event, amount: Number(amount) })}\n`;
  },
};
