import assert from "node:assert/strict";
import { describe, it } from "node:test";

import type { TypeDescription } from "../../dist/codecs/type-description.js";
import {
  sentRowJson,
  storableText,
  type SentColumn,
} from "../../dist/dead-letters/sent-row-json.js";

function column(key: string, type: string, others: Partial<SentColumn> = {}): SentColumn {
  const description = { name: type, kind: "base" } as TypeDescription;
  return { key, name: key, type: description, isNullable: false, ...others };
}

function jsonOf(row: unknown, columns: readonly SentColumn[] = [], isUtf8 = true): unknown {
  return JSON.parse(sentRowJson(row, columns, (text) => storableText(text, isUtf8)));
}

describe("a row that cannot be encoded, as JSON", () => {
  it("has a text for each value, by the names of columns, and what else the row has", () => {
    const row = {
      userId: 7,
      big: 2n ** 70n,
      at: new Date(0),
      flag: true,
      bytes: Buffer.from([1, 255]),
      text: "7",
      none: undefined,
      nothing: null,
      list: [1, "a", 2n, null, undefined],
      unknown: 1.5,
    };
    const columns = [column("userId", "int4", { name: "user_id" }), column("big", "int8")];
    assert.deepEqual(jsonOf(row, columns), {
      user_id: "7",
      big: "1180591620717411303424",
      at: "1970-01-01T00:00:00.000Z",
      flag: "true",
      bytes: "\\x01ff",
      text: "7",
      nothing: null,
      list: '[1,"a","2",null,null]',
      unknown: "1.5",
    });
  });

  it("is null where the encoder would write NULL, and has nothing where there is a default", () => {
    const nullable = { isNullable: true };
    const columns = [
      column("a", "text", nullable),
      column("b", "text"),
      column("c", "text", { ...nullable, makeDefault: () => "x" }),
      column("d", "text", { ...nullable, default: "now()" }),
    ];
    assert.deepEqual(jsonOf({}, columns), { a: null });
  });

  it("has the JSON of what a column of JSON would hold, strings too", () => {
    const columns = [column("json", "json"), column("jsonb", "jsonb"), column("text", "text")];
    assert.deepEqual(jsonOf({ json: "a", jsonb: { b: 1n }, text: "a" }, columns), {
      json: '"a"',
      jsonb: '{"b":"1"}',
      text: "a",
    });
  });

  it("does not hide a column by a value that has its name as a key", () => {
    const columns = [column("userId", "int4", { name: "user_id" })];
    assert.deepEqual(jsonOf({ userId: 1, user_id: 2 }, columns), { user_id: "1" });
  });

  it("describes what has no end or no text", () => {
    const row: Record<string, unknown> = { function: () => {}, symbol: Symbol("s") };
    row["self"] = { inner: [row] };
    assert.deepEqual(jsonOf(row), {
      function: "a function",
      symbol: "a symbol",
      self: JSON.stringify({
        inner: [{ function: "a function", symbol: "a symbol", self: "an object" }],
      }),
    });
    const hostile = new Proxy(
      {},
      {
        ownKeys: () => {
          throw new Error("no");
        },
      },
    );
    assert.deepEqual(jsonOf(hostile), {});
    assert.deepEqual(jsonOf({ toJSON: 1, deep: nest(200) }), {
      toJSON: "1",
      deep: `${"[".repeat(100)}"an array"${"]".repeat(100)}`,
    });
  });

  it("escapes what is not ASCII if the database cannot store every character", () => {
    const columns = [column("naïve", "text")];
    assert.deepEqual(jsonOf({ naïve: "é€😀", kéy: "\0" }, columns, false), {
      naïve: "\\u{e9}\\u{20ac}\\u{1f600}",
      "k\\u{e9}y": "\\u{fffd}",
    });
  });
});

function nest(depth: number): unknown {
  let value: unknown = 1;
  for (let i = 0; i < depth; i++) {
    value = [value];
  }
  return value;
}
