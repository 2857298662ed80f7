import { HELP, readCommand } from "./command.js";
import { measureThroughput } from "./parts/throughput.js";
import { median } from "./report/statistics.js";
import { Bench } from "./run/bench.js";
import { findTools } from "./run/tools.js";

const command = readCommand(process.argv.slice(2));
if (command === "help") {
  console.log(HELP);
} else {
  const bench = await Bench.open(findTools(), []);
  try {
    const results = await measureThroughput(bench, command);
    for (const { workload, figures } of results) {
      console.log(workload);
      for (const f of figures) {
        const s = f.samples;
        console.log(
          f.label.padEnd(48),
          f.failure ??
            [
              f.rows,
              Math.round(median(s.map((x) => x.rows / x.seconds))),
              median(s.map((x) => x.cpuMicros / x.rows)).toFixed(2),
              Math.round(median(s.map((x) => (x.peakRss ?? 0) / 2 ** 20))),
              JSON.stringify(s[0]?.latencyMs ?? ""),
            ].join("  "),
        );
      }
    }
  } finally {
    await bench.close();
  }
}
