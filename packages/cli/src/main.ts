import { readFileSync } from "node:fs";

import { actions } from "./commands/actions.js";
import { standardOutput } from "./commands/standard-output.js";
import { exitCodeOf, messageOf } from "./failure.js";
import { showError } from "./options/program-output.js";
import { runProgram } from "./options/program.js";

const { version } = JSON.parse(
  readFileSync(new URL("../package.json", import.meta.url), "utf8"),
) as { version: string };

const args = process.argv.slice(2);
const output = {
  version,
  out: (text: string) => process.stdout.write(text),
  error: (text: string) => process.stderr.write(text),
};

let exitCode: number;
try {
  exitCode = await runProgram(args, actions(standardOutput), output);
} catch (error) {
  showError(messageOf(error), args, output);
  exitCode = exitCodeOf(error);
}
// A pipe that is not read to its end would keep the process, as long as its writer lives. What was printed is
// written first.
process.stderr.write("", () => process.stdout.write("", () => process.exit(exitCode)));
