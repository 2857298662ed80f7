import * as batchCopy from "batch-copy";

import scenario from "./scenario.cjs";

// No names but the documented ones: neither `default` nor `module.exports`.
if ("default" in batchCopy) throw new Error("there is a default export");
await scenario(batchCopy);
