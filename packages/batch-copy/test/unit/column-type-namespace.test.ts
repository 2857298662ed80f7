import assert from "node:assert/strict";
import { describe, it } from "node:test";

import * as registry from "../../dist/codecs/registry.js";
import * as batchCopy from "../../dist/index.js";
import { types as t } from "../../dist/index.js";

describe("types", () => {
  it("has every column type, and nothing else", () => {
    assert.deepEqual({ ...t }, { ...registry });
    assert.ok(Object.keys(t).length > 60);
    assert.deepEqual({ ...batchCopy, ...t }, { ...batchCopy });
  });

  it("can be used in a definition", () => {
    const { ddl } = batchCopy.table("t", { a: t.varchar(20), b: t.arrayOf(t.int8).nullable() });
    assert.match(ddl, /"a" character varying\(20\) NOT NULL,\n {2}"b" bigint\[\]\n/);
  });
});
