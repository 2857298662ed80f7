// require() and import give the same copy of the code: all exports are identical.
import assert from "node:assert/strict";
import { createRequire } from "node:module";

import * as imported from "batch-copy";

import scenario from "./scenario.cjs";

const required = createRequire(import.meta.url)("batch-copy");
assert.deepEqual(Object.keys(required).toSorted(), Object.keys(imported).toSorted());
for (const [name, value] of Object.entries(imported)) assert.equal(required[name], value, name);
assert.ok(new required.ClosedError() instanceof imported.ClosedError);
await scenario({ ...required, RowRejectedError: imported.RowRejectedError });
