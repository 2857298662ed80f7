// One copy of the code: what require() and import give is identical, and so are the classes of errors.
import assert from "node:assert/strict";
import { createRequire } from "node:module";

import * as batchCopy from "batch-copy";
import * as imported from "batch-copy/drizzle";

import scenario from "./drizzle-scenario.cjs";

const required = createRequire(import.meta.url)("batch-copy/drizzle");
assert.deepEqual({ ...required }, { ...imported });
if ("default" in imported) throw new Error("there is a default export");
await scenario(batchCopy, imported);
