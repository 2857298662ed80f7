import type { Actions } from "../options/program.js";
import { deadLetters } from "./dead-letters.js";
import { definition } from "./definition.js";
import { ledger } from "./ledger.js";
import { loadFiles } from "./load.js";
import { spool } from "./spool.js";
import type { ToolOutput } from "./tool-output.js";

/** What the commands do. */
export function actions(output: ToolOutput): Actions {
  return {
    load: loadFiles,
    definition: (options) => definition(options, output),
    ledger: (options) => ledger(options, output),
    spool: (options) => spool(options, output),
    deadLetters: (options) => deadLetters(options, output),
  };
}
