import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { describe, it } from "node:test";
import { runInNewContext } from "node:vm";

import { compositeOf, EncodeError, int4, json, text } from "../../dist/index.js";
import {
  loopingFieldWriter,
  fieldWriter,
  type FieldWriter,
} from "../../dist/table/field-writer.js";
import { anyType, writable } from "../helpers/described.js";
import { OpenWriter } from "../helpers/open-writer.js";

const ODD_NAMES = [
  'quote"s',
  "back\\slash",
  "line\nbreak",
  "\u2028\u2029",
  "`${process.exit(1)}`",
  "constructor",
  "toString",
  "été 🐘",
  "1",
];

const INSIDE = 'attribute "zip": ';

/** What a row becomes: bytes, or an error. */
function outcome(write: FieldWriter, row: object): unknown {
  const out = new OpenWriter();
  try {
    write(row as Record<string, unknown>, out);
    return out.written.toString("hex");
  } catch (error) {
    assert.ok(error instanceof EncodeError);
    const { column, value, reason, cause } = error;
    return { column, value, reason, cause: (cause as Error).message };
  }
}

describe("the generated writer of fields", () => {
  it("writes what a loop over the columns writes, whatever their names", () => {
    const names = [...ODD_NAMES, ...Array.from({ length: 50 }, (_, n) => `c${n}`)];
    const columns = writable(Object.fromEntries(names.map((name) => [name, text.nullable()])));
    const [generated, looping] = [fieldWriter(columns), loopingFieldWriter(columns)];
    const full = Object.fromEntries(names.map((name) => [name, `value of ${name}`]));
    for (const row of [full, {}, { c49: "x" }, { constructor: "own" }, Object.create(full)]) {
      assert.deepEqual(outcome(generated, row as object), outcome(looping, row as object));
    }
    assert.notEqual(outcome(generated, full), outcome(generated, {}));
  });

  it("reads a column named __proto__ only from a row that owns it", () => {
    const columns = writable({ ["__proto__"]: text.nullable() });
    const own = Object.defineProperty({}, "__proto__", { value: "x", enumerable: true });
    for (const write of [fieldWriter(columns), loopingFieldWriter(columns)]) {
      assert.equal(outcome(write, {}), "ffffffff");
      assert.equal(outcome(write, own), "0000000178");
    }
  });

  it("asks for a value or null where the server has a default, and for a value if it is NOT NULL", () => {
    const [nullable, required] = writable({ a: int4.nullable(), b: int4 });
    const columns = [nullable!, required!].map((column) => {
      return Object.assign(column, { default: "nextval('s')" });
    });
    const reason =
      "a value is missing, and the column has the default nextval('s'): to use the default, list the other keys in the option \"columns\"; otherwise send a value";
    const missing = { value: undefined, reason, cause: reason };
    for (const write of [fieldWriter(columns), loopingFieldWriter(columns)]) {
      assert.deepEqual(outcome(write, { b: 1 }), { column: "a", ...missing });
      assert.deepEqual(outcome(write, { a: undefined, b: 1 }), { column: "a", ...missing });
      assert.deepEqual(outcome(write, { a: 1 }), { column: "b", ...missing });
      assert.equal(outcome(write, { a: null, b: 1 }), "ffffffff0000000400000001");
      assert.match(JSON.stringify(outcome(write, { a: 1, b: null })), /the column is NOT NULL/);
    }
  });

  it("makes the value of a row that leaves it out, in each row anew, and leaves null as it is", () => {
    let made = 0;
    const next = int4.default(() => ++made);
    for (const types of [{ a: next.nullable() }, { a: int4.nullable().default(() => ++made) }]) {
      const columns = writable(types);
      for (const write of [fieldWriter(columns), loopingFieldWriter(columns)]) {
        made = 0;
        assert.equal(outcome(write, {}), "0000000400000001");
        assert.equal(outcome(write, { a: undefined }), "0000000400000002");
        assert.equal(outcome(write, { a: 9 }), "0000000400000009");
        assert.equal(outcome(write, { a: null }), "ffffffff");
        assert.equal(made, 2);
      }
    }
    const required = writable({ a: next });
    for (const write of [fieldWriter(required), loopingFieldWriter(required)]) {
      assert.match(JSON.stringify(outcome(write, { a: null })), /the column is NOT NULL/);
    }
  });

  it("rejects a row whose default throws, does not fit, or is nothing, by the column", () => {
    const reasons = new Map<() => unknown, string>([
      [
        () => {
          throw new Error("not today");
        },
        "not today",
      ],
      [() => 1.5, "expected an integer, got 1.5"],
      [() => undefined, "the column's default() returned undefined"],
    ]);
    for (const [make, reason] of reasons) {
      const columns = writable({ id: int4, a: int4.nullable().default(make as () => number) });
      for (const write of [fieldWriter(columns), loopingFieldWriter(columns)]) {
        const row = { id: 1 };
        assert.throws(() => write(row, new OpenWriter()), {
          name: "EncodeError",
          column: "a",
          reason,
        });
      }
    }
    assert.throws(() => int4.default(5 as never), {
      name: "TypeError",
      message: "default() takes a function that returns the value, got 5",
    });
  });

  it("fails as the loop does: with the column, the value and the reason", () => {
    const columns = writable({ a: int4, b: int4, c: int4, d: int4, note: text.nullable() });
    const [generated, looping] = [fieldWriter(columns), loopingFieldWriter(columns)];
    const good = { a: 1, b: 2, c: 3, d: 4 };
    const getter = Object.defineProperty({ ...good }, "d", {
      get() {
        throw new Error("not today");
      },
    });
    for (const row of [
      {},
      { ...good, d: null },
      { ...good, c: 1.5 },
      { ...good, note: 7 },
      getter,
    ]) {
      const failure = outcome(generated, row);
      assert.equal(typeof failure, "object");
      assert.deepEqual(failure, outcome(looping, row));
    }
  });

  it("says what code of the caller threw, also in another realm, and also in a composite value", () => {
    const place = compositeOf("place", { zip: json });
    const zip = { name: "zip", type: anyType };
    const codec = place.codecFor({ ...anyType, kind: "composite", attributes: [zip] });
    const write = fieldWriter([
      { key: "place", name: "place", isNullable: false, codec, type: anyType },
    ]);
    const reasons = {
      'new Error("not today")': "not today",
      '"not today"': '"not today" was thrown',
      "Object.create(null)": "an object was thrown",
    };
    for (const [thrown, reason] of Object.entries(reasons)) {
      const throwing: object = runInNewContext(`({ get place() { throw ${thrown} } })`);
      assert.throws(() => write(throwing as never, new OpenWriter()), { column: "place", reason });
      const inside: object = runInNewContext(`({ zip: { toJSON() { throw ${thrown} } } })`);
      const row = { place: inside };
      assert.throws(() => write(row, new OpenWriter()), { reason: INSIDE + reason });
    }
  });

  it("is a loop where generating code is forbidden", () => {
    const script = `
      import { int4, text } from ${JSON.stringify(import.meta.resolve("../../dist/index.js"))};
      import { fieldWriter } from ${JSON.stringify(import.meta.resolve("../../dist/table/field-writer.js"))};
      import { PageWriter } from ${JSON.stringify(import.meta.resolve("../../dist/batch/page-writer.js"))};
      import { PagePool } from ${JSON.stringify(import.meta.resolve("../../dist/batch/page-pool.js"))};
      let forbidden = false;
      try { new Function(""); } catch { forbidden = true; }
      const codec = (type) => type.codecFor({ kind: "base" });
      const columns = [
        { key: "id", isNullable: false, codec: codec(int4) },
        { key: "note", isNullable: true, codec: codec(text) },
      ];
      const out = new PageWriter(new PagePool());
      fieldWriter(columns)({ id: 1, note: "x" }, out);
      out.endTuple();
      console.log(forbidden, out.takePages(0)[0].tuples.toString("hex"));`;
    const flags = ["--disallow-code-generation-from-strings", "--input-type=module", "--eval"];
    const printed = execFileSync(process.execPath, [...flags, script], { encoding: "utf8" });
    assert.equal(printed, "true 00000004000000010000000178\n");
  });
});
