import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { ByteReader } from "../../dist/bytes/byte-reader.js";
import { bytea, EncodeError, int4, text } from "../../dist/index.js";
import { RowFormat } from "../../dist/table/row-format.js";
import { writable } from "../helpers/described.js";
import { nonRecords } from "../helpers/non-records.js";
import { OpenWriter } from "../helpers/open-writer.js";

const format = new RowFormat<object>(writable({ id: int4, note: text.nullable() }));

function roundTrip(row: object, using = format): object {
  const out = new OpenWriter();
  using.encode(row, out);
  return using.decode(new ByteReader(out.written));
}

function failure(row: unknown, using = format): EncodeError {
  try {
    using.encode(row as object, new OpenWriter());
  } catch (error) {
    assert.ok(error instanceof EncodeError);
    return error;
  }
  assert.fail("the row was encoded");
}

describe("a row", () => {
  it("is begun before anything of it is read", () => {
    const out = new OpenWriter();
    const lengths: number[] = [];
    const row = new Proxy(
      { id: 1 },
      {
        ownKeys(target) {
          lengths.push(out.written.length);
          return Reflect.ownKeys(target);
        },
      },
    );
    format.encode(row, out);
    assert.deepEqual(lengths, [2]);
  });

  it("comes back as it was written, whatever the order of its keys", () => {
    assert.deepEqual(roundTrip({ id: 1, note: "x" }), { id: 1, note: "x" });
    assert.deepEqual(roundTrip({ note: "x", id: 1 }), { id: 1, note: "x" });
  });

  it("may leave out nullable columns", () => {
    for (const row of [{ id: 1 }, { id: 1, note: null }, { id: 1, note: undefined }]) {
      assert.deepEqual(roundTrip(row), { id: 1, note: null });
    }
  });

  it("may be an object of a class, or without a prototype", () => {
    class Entry {
      id = 7;
      get note(): string {
        return "computed";
      }
    }
    assert.deepEqual(roundTrip(new Entry()), { id: 7, note: "computed" });
    const bare = Object.assign(Object.create(null) as object, { id: 2 });
    assert.deepEqual(roundTrip(bare), { id: 2, note: null });
  });

  it("is refused when a NOT NULL value is missing", () => {
    for (const row of [{}, { id: null }, { id: undefined, note: "x" }]) {
      const { column, reason, value, message } = failure(row);
      assert.equal(column, "id");
      assert.match(reason, /a value is missing, and the column is NOT NULL/);
      assert.equal(value, (row as { id?: unknown }).id);
      assert.match(message, /column "id": /);
    }
  });

  it("is refused with an unknown key, also where others are missing", () => {
    const { column, value, reason } = failure({ id: 1, nope: "typo" });
    assert.deepEqual([column, value], ["nope", "typo"]);
    assert.match(reason, /no such column/);
    assert.equal(failure({ id: 1, note: "x", extra: undefined }).column, "extra");
  });

  it("is refused when it is no object", () => {
    for (const row of [null, undefined, 5, "row", () => {}]) {
      assert.equal(failure(row).column, undefined);
    }
    assert.equal(failure([1, "x"]).column, "0");
  });

  it("names column, value and reason of a bad value", () => {
    const { column, value, reason, code, cause } = failure({ id: 1.5 });
    assert.deepEqual([column, value, code], ["id", 1.5, "ENCODE_FAILED"]);
    assert.match(reason, /expected an integer, got 1.5/);
    assert.ok(cause instanceof TypeError);
  });

  it("is refused when reading it throws", () => {
    const error = failure({
      get id(): number {
        throw new Error("no id today");
      },
    });
    assert.equal(error.column, "id");
    assert.match(error.reason, /no id today/);
  });

  it("is refused when it is something else than a row, a forgotten await above all", () => {
    const loose = new RowFormat<object>(writable({ a: int4.nullable() }));
    const odd = [[], new Date(0), new Uint8Array(0), Object(1), () => 1];
    for (const row of [...Object.values(nonRecords), ...odd]) {
      assert.match(
        failure(row, loose).reason,
        /a row must be an object with a key for each column/,
      );
    }
    assert.deepEqual(roundTrip({}, loose), { a: null });
    const sized = new RowFormat<object>(writable({ size: int4.nullable() }));
    for (const row of [new Map(), new Set([1])]) {
      assert.match(
        failure(row, sized).reason,
        /a row must be an object with a key for each column/,
      );
    }
  });

  it("may inherit keys that are no columns", () => {
    const LegacyEntry = function LegacyEntry(this: { id: number }) {
      this.id = 7;
    } as unknown as new () => object;
    Object.assign(LegacyEntry.prototype as object, { save() {}, id: 8 });
    assert.deepEqual(roundTrip(new LegacyEntry()), { id: 7, note: null });
    const loose = new RowFormat<object>(writable({ note: text.nullable() }));
    Object.assign(Object.prototype, { polluted() {} });
    try {
      assert.deepEqual(roundTrip({ id: 1, note: "x" }), { id: 1, note: "x" });
      assert.equal(failure({ id: 1, polluted: 1 }).column, "polluted");
      assert.equal(failure(Promise.resolve({}), loose).column, undefined);
      assert.deepEqual(roundTrip({}, loose), { note: null });
    } finally {
      delete (Object.prototype as { polluted?: unknown }).polluted;
    }
  });

  it("may have all its values behind getters, but only those of columns", () => {
    class Entity {
      readonly #id = 7;
      get id(): number {
        return this.#id;
      }
      get note(): string {
        return "computed";
      }
    }
    assert.deepEqual(roundTrip(new Entity()), { id: 7, note: "computed" });
    const loose = new RowFormat<object>(writable({ other: text.nullable() }));
    assert.match(failure(new Entity(), loose).reason, /a row must be an object/);
    class NoFields {
      declare readonly other?: string;
    }
    assert.deepEqual(roundTrip(new NoFields(), loose), { other: null });
  });

  it("has keys of its own beside the names of the columns: errors and rows that come back have them", () => {
    const columns = writable(
      { statusCode: int4, constructor: text.nullable() },
      { statusCode: "status_code", constructor: "name" },
    );
    const named = new RowFormat<object>(columns);
    assert.deepEqual(roundTrip({ statusCode: 1 }, named), { statusCode: 1, constructor: null });
    const { column, message } = failure({ statusCode: "x" }, named);
    assert.equal(column, "statusCode");
    assert.match(message, /^column "status_code" \(statusCode\): "x" is not a valid integer/);
    assert.deepEqual(
      ["status_code", "name", "statusCode", "other"].map((name) => named.keyOf(name)),
      ["statusCode", "constructor", undefined, undefined],
    );
  });

  it("that has a column's name for its key, or the other way round, is told so", () => {
    const columns = { status_code: int4 };
    const bare = new RowFormat<object>(writable(columns));
    assert.equal(
      failure({ status_code: 1, statusCode: 1 }, bare).message,
      'column "statusCode": the table definition has no such column: to fill "status_code" from the key "statusCode", set names to "snake_case"',
    );
    const named = new RowFormat<object>(
      writable({ statusCode: int4 }, { statusCode: "status_code" }),
    );
    assert.equal(
      failure({ status_code: 1 }, named).reason,
      'the table definition has no such column: the key of its column "status_code" is "statusCode"',
    );
    for (const key of ["StatusCode", "status"]) {
      assert.equal(failure({ [key]: 1 }, named).reason, "the table definition has no such column");
    }
  });

  it("may have a column that is called then", () => {
    const [column] = writable({ note: text.nullable() });
    const odd = new RowFormat<object>([{ ...column!, key: "then" }]);
    const row = JSON.parse('{"then":"x"}') as object;
    assert.deepEqual(roundTrip(row, odd), row);
  });

  it("is an EncodeError whatever a getter or a Proxy throws", () => {
    const odd = failure({
      id: 1,
      get none(): never {
        throw new Error("boom");
      },
    });
    assert.match(odd.reason, /boom/);
    const proxy = new Proxy({}, { ownKeys: () => assert.fail("no keys") });
    assert.match(failure(proxy).reason, /no keys/);
    const thrown = failure({
      get id(): number {
        throw Object.create(null);
      },
    });
    assert.equal(thrown.column, "id");
  });

  it("is read once: the error has the value that was refused", () => {
    let reads = 0;
    const { value } = failure({
      get id(): unknown {
        return reads++ === 0 ? "bad" : 1;
      },
    });
    assert.equal(value, "bad");
  });

  it("does not take for a value what every object inherits", () => {
    const odd = new RowFormat<object>(
      writable({ constructor: text.nullable(), toString: text, url: text.nullable() }),
    );
    assert.equal(failure({}, odd).column, "toString");
    class Page {
      readonly toString = "own" as never;
      get url(): string {
        return "/computed";
      }
    }
    const row = roundTrip(new Page(), odd);
    assert.deepEqual(Object.entries(row), [
      ["constructor", null],
      ["toString", "own"],
      ["url", "/computed"],
    ]);
  });

  it("of 1 GiB or more is refused before it takes memory", () => {
    const blobs = new RowFormat<object>(writable({ blob: bytea }));
    const { column, reason } = failure({ blob: Buffer.alloc(2 ** 30) }, blobs);
    assert.equal(column, "blob");
    assert.match(reason, /the row would have \d+ bytes, but PostgreSQL accepts less than 1 GiB/);
  });
});
