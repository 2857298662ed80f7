import { blobsWorkload } from "./blobs.js";
import { camelMetricsWorkload } from "./camel-metrics.js";
import { columnsWorkload } from "./columns.js";
import { eventsWorkload } from "./events.js";
import { metricsWorkload } from "./metrics.js";
import { spotPricesWorkload } from "./spot-prices.js";
import { textsWorkload } from "./texts.js";
import { upsertsWorkload, type AccountsTable } from "./upserts.js";
import { wideWorkload } from "./wide.js";
import { withReadyRows, type Workload } from "./workload.js";

/** Those that every contender writes. */
export const workloads: readonly Workload[] = [
  metricsWorkload,
  spotPricesWorkload,
  eventsWorkload,
  wideWorkload,
  blobsWorkload,
].map((workload) => withReadyRows(workload as Workload));

/** Those that only one part of the benchmarks needs. */
const others: readonly Workload[] = [withReadyRows(camelMetricsWorkload as Workload)];

/** Those with numbers in their names: `texts:100`, `upserts:50:200000`. */
const families: Readonly<Record<string, (...sizes: number[]) => Workload>> = {
  columns: (count) => withReadyRows(columnsWorkload(count)),
  texts: (length) => withReadyRows(textsWorkload(length)),
  upserts: (percent, stored) => withReadyKeys("upserts", percent, stored),
  "checked-upserts": (percent, stored) => withReadyKeys("checked-upserts", percent, stored),
};

export function workloadNamed(name: string): Workload {
  const [family = "", ...sizes] = name.split(":");
  const workload =
    families[family]?.(...sizes.map(Number)) ??
    [...workloads, ...others].find((each) => each.name === name);
  if (workload === undefined) throw new Error(`Unknown workload "${name}"`);
  return workload;
}

/** Each row has a key of its own, so all of them are made. */
function withReadyKeys(name: AccountsTable, percent: number, stored: number): Workload {
  return withReadyRows(upsertsWorkload(name, { percent, stored }) as Workload, stored);
}
