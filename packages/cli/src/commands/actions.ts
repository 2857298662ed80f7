import type { Actions } from "../options/program.js";
import { deadLetters } from "./dead-letters.js";
import { definition } from "./definition.js";
import { ledger } from "./ledger.js";
import { spool } from "./spool.js";
import type { ToolOutput } from "./tool-output.js";

/** The commands other than `load`. */
export function toolActions(output: ToolOutput): Omit<Actions, "load"> {
  return {
    definition: (options) => definition(options, output),
    ledger: (options) => ledger(options, output),
    spool: (options) => spool(options, output),
    deadLetters: (options) => deadLetters(options, output),
  };
}
