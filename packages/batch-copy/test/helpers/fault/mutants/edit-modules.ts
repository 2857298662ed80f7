// node --import of this file changes the modules in dist/ that the edits named MUTANT are of.
import { register } from "node:module";

import { SPOOL_EDITS } from "../../spool/histories/mutants/edits.js";
import { EDITS } from "./edits.js";

const edits = { ...EDITS, ...SPOOL_EDITS }[process.env["MUTANT"]!]!.map(({ module, from, to }) => ({
  url: new URL(`../../../../dist/${module}`, import.meta.url).href,
  from,
  to,
}));

register("./editing-hooks.js", import.meta.url, { data: edits });
