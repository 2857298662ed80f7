import { blobsWorkload } from "./blobs.js";
import { camelMetricsWorkload } from "./camel-metrics.js";
import { columnsWorkload } from "./columns.js";
import { eventsWorkload } from "./events.js";
import { metricsWorkload } from "./metrics.js";
import { spotPricesWorkload } from "./spot-prices.js";
import { textsWorkload } from "./texts.js";
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

/** Those of the curves, which have a number in their names: `texts:100`. */
const families: Readonly<Record<string, (size: number) => Workload>> = {
  columns: columnsWorkload,
  texts: textsWorkload,
};

export function workloadNamed(name: string): Workload {
  const [family = "", size] = name.split(":");
  const made = families[family]?.(Number(size));
  const workload = made
    ? withReadyRows(made)
    : [...workloads, ...others].find((each) => each.name === name);
  if (workload === undefined) throw new Error(`Unknown workload "${name}"`);
  return workload;
}
