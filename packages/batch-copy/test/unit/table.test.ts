import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { int4, int8, numeric, table, text, timestamptz, varchar } from "../../dist/index.js";

describe("a table definition", () => {
  it("has its DDL", () => {
    const metrics = table("metrics", { url: text, latency_ms: int8.nullable() });
    assert.equal(
      metrics.ddl,
      'CREATE TABLE "metrics" (\n  "url" text NOT NULL,\n  "latency_ms" bigint\n);',
    );
  });

  it("has the same DDL with defaults of the client's", () => {
    const bare = table("t", { at: timestamptz(3), note: text.nullable() });
    const filled = table("t", {
      at: timestamptz(3).default(() => new Date()),
      note: text.nullable().default(() => "none"),
    });
    assert.equal(filled.ddl, bare.ddl);
  });

  it("quotes names whatever they hold", () => {
    const odd = table(
      'od"d',
      { "Select; --": varchar(3), "a.b": numeric(3, 1) },
      { schema: "S p" },
    );
    assert.equal(
      odd.ddl,
      'CREATE TABLE "S p"."od""d" (\n  "Select; --" character varying(3) NOT NULL,\n  "a.b" numeric(3,1) NOT NULL\n);',
    );
  });

  it("refuses names that PostgreSQL would cut or cannot have", () => {
    const invalid = { code: "INVALID_TABLE" };
    assert.throws(() => table("", { n: int4 }), invalid);
    assert.throws(() => table("a\0b", { n: int4 }), invalid);
    assert.throws(() => table("t", { [`${"ä".repeat(31)}xx`]: int4 }), /longer than 63 bytes/);
    assert.throws(() => table("t", { n: int4 }, { schema: "" }), invalid);
    assert.ok(table("t", { ["ä".repeat(31)]: int4 }));
  });

  it("refuses what is no column type, and names of system columns", () => {
    assert.throws(
      () => table("t", { n: "int4" as never }),
      /column "n" must have a column type, such as text/,
    );
    assert.throws(() => table("t", { n: numeric as never }), /must have a column type/);
    assert.throws(() => table("t", { ctid: int4 }), /"ctid" is the name of a system column/);
    assert.throws(() => table(5 as never, { n: int4 }), { code: "INVALID_TABLE" });
  });

  it("refuses options that are no options, such as the name of the schema", () => {
    const columns = { n: int4 };
    assert.throws(
      () => table("t", columns, "app" as never),
      /^.*the options of a table must be { schema }, got "app"$/,
    );
    assert.throws(() => table("t", columns, { scheme: "app" } as never), /got "scheme"$/);
    assert.throws(() => table("t", columns, null as never), { code: "INVALID_TABLE" });
    assert.equal(table("t", columns, { schema: undefined as never }).schema, undefined);
  });

  it("has 1 to 1600 columns", () => {
    assert.throws(() => table("t", {}), /1 to 1600 columns, "t" has 0/);
    const many = Object.fromEntries(Array.from({ length: 1601 }, (_, i) => [`c${i}`, int4]));
    assert.throws(() => table("t", many), /1 to 1600 columns/);
  });
});
