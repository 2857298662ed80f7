// node --import of this file puts the module that MUTANT names in the place of dist/transaction/xid-inquiry.js.
import { register } from "node:module";

register("./replacing-hooks.js", import.meta.url, {
  data: {
    original: new URL("../../../../dist/transaction/xid-inquiry.js", import.meta.url).href,
    mutant: new URL(`./${process.env["MUTANT"]}.js`, import.meta.url).href,
  },
});
