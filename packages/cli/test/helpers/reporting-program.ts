import { runProgram } from "../../dist/options/program.js";
// Tells of a load that never was: node reporting-program.js ARGS-OF-LOAD… Asks a question if WITH_QUESTION is set.
import { createOutput } from "../../dist/progress/create-output.js";
import { progressSample, summarySample } from "./report-samples.js";

const unused = async (): Promise<number> => 1;
process.exitCode = await runProgram(
  ["load", ...process.argv.slice(2)],
  {
    async load(options) {
      const output = createOutput(options);
      output.note("a note");
      output.detail("a detail");
      if (process.env["WITH_QUESTION"] !== undefined) {
        output.note(`answered ${await output.ask("Load it once more?")}`);
      }
      output.progress(progressSample);
      output.progress({ ...progressSample, rows: 600_000 });
      await new Promise((resolve) => setTimeout(resolve, 150));
      output.progress({ ...progressSample, rows: 700_000 });
      output.warn("a warning");
      output.summary(summarySample);
      output.error("an error");
      output.close();
      return 0;
    },
    definition: unused,
    ledger: unused,
    spool: unused,
    deadLetters: unused,
  },
  {
    version: "1",
    out: (text) => process.stdout.write(text),
    error: (text) => process.stderr.write(text),
  },
);
