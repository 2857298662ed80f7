/** Measures what the command line selects, records it, and writes the report: `npm run bench`. */
import { relative } from "node:path";

import { HELP, PUBLISHED, readCommand, type Command } from "./command.js";
import { parts } from "./parts/registry.js";
import { ledgerRatios } from "./report/ledger-section.js";
import { loadRatios, loadResults } from "./report/load-section.js";
import { writeReadmeBlock } from "./report/readme-block.js";
import { recall, record } from "./report/record.js";
import { writeReport } from "./report/report.js";
import { describeSetting } from "./report/setting.js";
import { spoolRatios } from "./report/spool-section.js";
import { throughputTable } from "./report/throughput-section.js";
import { upsertRatios } from "./report/upsert-ratios.js";
import { upsertResults } from "./report/upsert-section.js";
import { withBench } from "./run/with-bench.js";

const args = process.argv.slice(2);
const command = readOrRefuse();
if (command === undefined) {
  console.log(HELP);
} else {
  process.exitCode = await withBench({ profiles: command.profiles }, async (bench) => {
    const setting = await describeSetting(bench, args);
    for (const part of command.plan.parts) {
      await record(command.out, part, { setting, figures: await parts[part](bench, command.plan) });
    }
    return await report(command);
  });
}

function readOrRefuse(): Command | undefined {
  try {
    return readCommand(args);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\nTry --help.`);
    process.exit(2);
  }
}

/** Returns the exit code: 1 if one of our own was not measured. */
async function report({ plan, out }: Command): Promise<number> {
  await writeReport(out);
  if (out === PUBLISHED) await writeReadmeBlock();
  const recorded = plan.parts.includes("throughput") && (await recall(out, "throughput"));
  const results = recorded ? recorded.figures : [];
  for (const result of results) {
    console.log(`\n${result.workload}: ${result.description}\n\n${throughputTable(result)}`);
  }
  const upserts = plan.parts.includes("upsert") && (await recall(out, "upsert"));
  if (upserts) console.log(`\nupsert:\n\n${upsertRatios(upserts.figures)}`);
  const ledger = plan.parts.includes("ledger") && (await recall(out, "ledger"));
  if (ledger) console.log(`\nledger:\n\n${ledgerRatios(ledger.figures)}`);
  const spool = plan.parts.includes("spool") && (await recall(out, "spool"));
  if (spool) console.log(`\nspool:\n\n${spoolRatios(spool.figures)}`);
  const load = plan.parts.includes("load") && (await recall(out, "load"));
  if (load) console.log(`\nload:\n\n${loadRatios(load.figures)}`);
  const failed = [
    ...results,
    ...(upserts ? upsertResults(upserts.figures) : []),
    ...(load ? loadResults(load.figures) : []),
  ].flatMap(({ workload, figures }) =>
    figures.flatMap(({ failure, ...figure }) =>
      failure === undefined ? [] : { workload, failure, ...figure },
    ),
  );
  for (const { workload, label, failure } of failed) {
    console.error(`Not measured: ${workload}, ${label}: ${failure}`);
  }
  console.log(`\nThe report is in ${relative(process.cwd(), out)}/README.md.`);
  return failed.some(({ group }) => group === "ours") ? 1 : 0;
}
