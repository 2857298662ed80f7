import assert from "node:assert/strict";

import * as batchCopy from "batch-copy";
import { Copier, int4, RowRejectedError, table, type RowOf } from "batch-copy";

const scenario: (library: typeof batchCopy) => Promise<void> = require("../scenario.cjs");
const numbers = table("numbers", { n: int4 });
const row: RowOf<typeof numbers> = { n: 1 };
assert.ok(row.n === 1 && typeof Copier.connect === "function");
assert.equal(RowRejectedError.name, "RowRejectedError");
void scenario(batchCopy);
