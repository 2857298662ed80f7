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
      /^.*the options of a table must be { schema, names }, got "app"$/,
    );
    assert.throws(() => table("t", columns, { scheme: "app" } as never), /got "scheme"$/);
    assert.throws(() => table("t", columns, null as never), { code: "INVALID_TABLE" });
    assert.equal(table("t", columns, { schema: undefined as never }).schema, undefined);
  });

  it("names columns in SQL by a rule, by a list or by a function, and calls the function once", () => {
    const columns = { statusCode: int4, note: text };
    const ddl = (status: string, note: string): string =>
      `CREATE TABLE "t" (\n  "${status}" integer NOT NULL,\n  "${note}" text NOT NULL\n);`;
    const bare = table("t", columns);
    assert.equal(bare.ddl, ddl("statusCode", "note"));
    assert.deepEqual(bare.names, { statusCode: "statusCode", note: "note" });
    const ruled = table("t", columns, { names: "snake_case" });
    assert.equal(ruled.ddl, ddl("status_code", "note"));
    assert.deepEqual(ruled.names, { statusCode: "status_code", note: "note" });
    assert.equal(table("t", columns, { names: { statusCode: "st" } }).ddl, ddl("st", "note"));
    const keys: string[] = [];
    const made = table("t", columns, {
      names(key) {
        keys.push(key);
        return `${key}!`;
      },
    });
    assert.equal(made.ddl, ddl("statusCode!", "note!"));
    assert.deepEqual(keys, ["statusCode", "note"]);
    const swapped = table("t", columns, { names: { statusCode: "note", note: "statusCode" } });
    assert.equal(swapped.ddl, ddl("note", "statusCode"));
  });

  it("names columns that every object inherits a property for", () => {
    const odd = table("t", { constructor: int4, ["__proto__"]: int4 }, { names: {} });
    assert.match(odd.ddl, /"constructor" .*"__proto__" /s);
    const names = JSON.parse('{"__proto__":"p","constructor":"c"}') as object;
    const named = table("t", { constructor: int4, ["__proto__"]: int4 }, { names });
    assert.match(named.ddl, /"c" .*"p" /s);
  });

  it("refuses names for which there is not one column a key", () => {
    const columns = { a: int4, b: int4, userId: int4, user_id: int4 };
    const refuses = (names: unknown, message: string): void => {
      assert.throws(() => table("t", columns, { names: names as never }), {
        code: "INVALID_TABLE",
        message,
      });
    };
    refuses("snake_case", 'the keys "userId" and "user_id" have the same column "user_id"');
    refuses({ a: "b" }, 'the keys "a" and "b" have the same column "b"');
    refuses({ a: "c", b: "c" }, 'the keys "a" and "b" have the same column "c"');
    refuses({ c: "x" }, 'names has the key "c", which is not a key of the rows');
    refuses({ a: 5 }, 'names must have the name of a column for the key "a", got 5');
    refuses(() => undefined, 'names must have the name of a column for the key "a", got undefined');
    const kinds =
      'names must be "snake_case", an object of column names by key, or a function from a key to a column name, got ';
    refuses("camelCase", `${kinds}"camelCase"`);
    refuses(null, `${kinds}null`);
    refuses(new Map([["a", "b"]]), `${kinds}an instance of Map`);
    refuses({ a: "ctid" }, '"ctid" is the name of a system column: choose another name');
    refuses({ a: "" }, '"" is not a valid name in PostgreSQL');
    refuses({ a: "x".repeat(64) }, `the name "${"x".repeat(64)}" is longer than 63 bytes`);
    // Keys are not names.
    assert.ok(
      table("t", { ctid: int4, ["k".repeat(64)]: int4 }, { names: (key) => `c${key.length}` }),
    );
  });

  it("has 1 to 1600 columns", () => {
    assert.throws(() => table("t", {}), /1 to 1600 columns, "t" has 0/);
    const many = Object.fromEntries(Array.from({ length: 1601 }, (_, i) => [`c${i}`, int4]));
    assert.throws(() => table("t", many), /1 to 1600 columns/);
  });
});
