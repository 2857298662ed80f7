// node --import of this file changes the modules in dist/ that the edits named MUTANT are of.
import { register } from "node:module";

import { MUTANTS, type Mutant } from "./mutants.js";

const edits = MUTANTS[process.env["MUTANT"] as Mutant].map(({ module, from, to }) => ({
  url: new URL(`../../../../dist/${module}`, import.meta.url).href,
  from,
  to,
}));
const hooks = "../../../../../batch-copy/dist-test/helpers/fault/mutants/editing-hooks.js";

register(hooks, import.meta.url, { data: edits });
