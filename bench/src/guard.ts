/**
 * Measures the ratios recorded in docs/benchmarks/guard.json again, and prints those that fell:
 * `npm run bench:guard`. The exit code is 1 if any did.
 */
import { loadavg } from "node:os";

import { PUBLISHED } from "./command.js";
import { findLosses } from "./parts/guard.js";
import { formatRatio } from "./report/format.js";
import { recall } from "./report/record.js";
import { withBench } from "./run/with-bench.js";

const MOST_LOAD = 0.5;

const recorded = await recall(PUBLISHED, "guard");
if (recorded === undefined) {
  console.error("No ratios are recorded yet. Run npm run bench -- --only guard first.");
  process.exitCode = 2;
} else {
  warnOfLoad();
  process.exitCode = await withBench({}, async (bench) => {
    const losses = await findLosses(bench, recorded.figures);
    for (const { workload, contender, of, before, now } of losses) {
      console.log(
        `${workload}: ${contender} fell from ${formatRatio(before)} to ${formatRatio(now)} of ${of}`,
      );
    }
    if (losses.length === 0) console.log("No ratio fell by more than 10 %.");
    return losses.length === 0 ? 0 : 1;
  });
}

function warnOfLoad(): void {
  const load = loadavg()[0] ?? 0;
  if (load < MOST_LOAD) return;
  console.error(
    `The load average of this machine is ${load.toFixed(1)}: other processes may distort the result.`,
  );
}
