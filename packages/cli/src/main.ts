import { readFileSync } from "node:fs";

import { actions } from "./commands/actions.js";
import { standardOutput } from "./commands/standard-output.js";
import { exitCodeOf, messageOf } from "./load/failure.js";
import { runProgram } from "./options/program.js";

const { version } = JSON.parse(
  readFileSync(new URL("../package.json", import.meta.url), "utf8"),
) as { version: string };

const output = {
  version,
  out: (text: string) => process.stdout.write(text),
  error: (text: string) => process.stderr.write(text),
};

try {
  process.exitCode = await runProgram(process.argv.slice(2), actions(standardOutput), output);
} catch (error) {
  console.error(`batch-copy: ${messageOf(error)}`);
  process.exitCode = exitCodeOf(error);
}
