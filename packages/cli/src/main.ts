import { toolActions } from "./commands/actions.js";
import { exitCodeOf, messageOf } from "./load/failure.js";
import { load } from "./load/load.js";
import { runProgram } from "./options/program.js";

const exit = await runProgram(
  process.argv.slice(2),
  {
    load: (options) =>
      load(options, {
        output: {
          note: (text) => console.error(text),
          detail: (text) => options.verbose && console.error(text),
          warn: (text) => console.error(text),
          progress: () => {},
          summary: (summary) => console.error(summary),
          ask: async () => undefined,
        },
        rejectFiles: undefined,
        onInterrupt: (stop) => {
          const s = () => stop("interrupted");
          process.on("SIGINT", s);
          return () => process.off("SIGINT", s);
        },
      }),
    ...toolActions({
      width: process.stdout.isTTY ? process.stdout.columns : undefined,
      out: (line) => console.log(line),
    }),
  },
  { version: "0", out: (t) => process.stdout.write(t), error: (t) => process.stderr.write(t) },
).catch((error: unknown) => {
  console.error(messageOf(error), error);
  return exitCodeOf(error);
});
process.exitCode = exit;
