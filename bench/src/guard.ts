/**
 * Compares ratios of today with those recorded in docs/benchmarks/guard.json, and says what fell:
 * `npm run bench:guard`. The exit code is 1 if something did.
 */
import { PUBLISHED } from "./command.js";
import { measureGuard } from "./parts/guard.js";
import { fallen } from "./report/fallen.js";
import { formatRatio } from "./report/format.js";
import { recall } from "./report/record.js";
import { withBench } from "./run/with-bench.js";

const recorded = await recall(PUBLISHED, "guard");
if (recorded === undefined) {
  console.error("Nothing is recorded yet: run npm run bench -- --only guard.");
  process.exitCode = 2;
} else {
  process.exitCode = await withBench({}, async (bench) => {
    const losses = fallen(recorded.figures, await measureGuard(bench));
    for (const { workload, contender, of, before, now } of losses) {
      console.log(
        `${workload}: ${contender} fell from ${formatRatio(before)} to ${formatRatio(now)} of ${of}`,
      );
    }
    if (losses.length === 0) console.log("Nothing fell by more than 10 %.");
    return losses.length === 0 ? 0 : 1;
  });
}
