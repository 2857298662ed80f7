import * as batchCopy from "batch-copy";

import scenario from "./scenario.cjs";

// The default export of CommonJS is not part of the API.
if ("default" in batchCopy) throw new Error("there is a default export");
await scenario(batchCopy);
