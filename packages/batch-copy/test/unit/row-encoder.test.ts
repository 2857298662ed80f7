import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";

import { ByteReader } from "../../dist/bytes/byte-reader.js";
import { BlockWriter } from "../../dist/encoded/block-writer.js";
import type { EncodedRows } from "../../dist/encoded/encoded-rows.js";
import type { RowEncoder } from "../../dist/encoded/row-encoder.js";
import { EncodeError, int4, text, timestamptz, varchar } from "../../dist/index.js";
import { RowFormat } from "../../dist/table/row-format.js";
import { writable } from "../helpers/described.js";
import { createEncoder, tuplesOf } from "../helpers/encoder-parts.js";

const columns = { id: int4, note: text.nullable(), code: varchar(3).nullable() };
const format = new RowFormat<object>(writable(columns, { note: "the note" }));

let encoder: RowEncoder;

beforeEach(() => {
  encoder = createEncoder(format, {});
});

/** Writes the next field from a text that is in the middle of other bytes. */
function field(value: string | Buffer, into = encoder): void {
  const bytes = Buffer.from(value as string);
  into.text(Buffer.concat([Buffer.from("9"), bytes, Buffer.from("9")]), 1, 1 + bytes.length);
}

function row(position: number, ...values: (string | null)[]): void {
  for (const value of values) {
    if (value === null) {
      encoder.null();
    } else {
      field(value);
    }
  }
  encoder.endRow(position);
}

function decoded(rows: EncodedRows): object[] {
  const { tuples, ends } = tuplesOf(rows);
  return Array.from(ends, (end, i) => format.decode(new ByteReader(tuples, ends[i - 1] ?? 0, end)));
}

function positions(rows: EncodedRows): number[] {
  return [...tuplesOf(rows).positions];
}

function encodeError(act: () => void): EncodeError {
  try {
    act();
  } catch (error) {
    assert.ok(error instanceof EncodeError);
    return error;
  }
  return assert.fail("the field was encoded");
}

describe("an encoder", () => {
  it("says which columns it takes, in their order", () => {
    assert.deepEqual(
      encoder.columns.map(({ key, name, isNullable }) => [key, name, isNullable]),
      [
        ["id", "id", false],
        ["note", "the note", true],
        ["code", "code", true],
      ],
    );
  });

  it("writes fields from texts, from values and as NULL", () => {
    row(7, "1", "ä", null);
    encoder.value(2);
    encoder.value("b");
    encoder.value(null);
    encoder.endRow(8);
    encoder.value("3");
    encoder.value(undefined);
    field("xyz");
    encoder.endRow(100);
    assert.equal(encoder.rows, 3);
    const rows = encoder.take();
    assert.deepEqual(decoded(rows), [
      { id: 1, note: "ä", code: null },
      { id: 2, note: "b", code: null },
      { id: 3, note: null, code: "xyz" },
    ]);
    assert.deepEqual(positions(rows), [7, 8, 100]);
    assert.deepEqual([rows.count, rows.bytes], [3, tuplesOf(rows).tuples.length]);
  });

  it("keeps all rows when it grows, also in the middle of one", () => {
    const note = "n".repeat(1000);
    for (let i = 0; i < 3000; i++) {
      row(i, String(i), note + i, null);
    }
    const giant = "g".repeat(5_000_000);
    row(3000, "-1", giant, "abc");
    const rows = encoder.take();
    const all = decoded(rows) as { id: number; note: string; code: string | null }[];
    assert.equal(all.length, 3001);
    assert.ok(all.slice(0, 3000).every(({ id, note: found }, i) => id === i && found === note + i));
    assert.deepEqual(all[3000], { id: -1, note: giant, code: "abc" });
    assert.deepEqual(positions(rows), [...Array(3001).keys()]);
  });

  describe("undoes a row that is invalid, and the next one is right", () => {
    const cases: Readonly<Record<string, readonly [act: () => void, EncodeErrorLike]>> = {
      "a text that its type does not read": [
        () => field("x"),
        { column: "id", value: "x", message: /^column "id": "x" is not a valid integer$/ },
      ],
      "a value that its type does not take": [
        () => encoder.value({}),
        { column: "id", message: /^column "id": expected an integer/ },
      ],
      "NULL in a column that is NOT NULL": [
        () => encoder.null(),
        { column: "id", value: null, message: /the column is NOT NULL$/ },
      ],
      "undefined in a column that is NOT NULL": [
        () => encoder.value(undefined),
        { column: "id", message: /the column is NOT NULL$/ },
      ],
      "a text that is not UTF-8": [
        () => {
          field("1");
          field(Buffer.from([0x61, 0xe4, 0x62]));
        },
        { column: "note", value: "a\xe4b", message: /^column "the note" \(note\): .*UTF-8$/ },
      ],
      "a text that is too long, after fields that are written": [
        () => {
          field("1");
          field("ok");
          field("four");
        },
        { column: "code", value: "four", message: /^column "code": / },
      ],
    };
    type EncodeErrorLike = Readonly<{ column: string; value?: unknown; message: RegExp }>;

    for (const [what, [act, { column, value, message }]] of Object.entries(cases)) {
      it(`for ${what}`, () => {
        row(0, "0", null, null);
        const { bytes } = encoder;
        const error = encodeError(act);
        assert.equal(error.column, column);
        assert.match(error.message, message);
        if (value !== undefined) {
          assert.equal(error.value, value);
        }
        assert.deepEqual([encoder.rows, encoder.bytes], [1, bytes]);
        row(1, "1", "next", null);
        const rows = encoder.take();
        assert.deepEqual(decoded(rows), [
          { id: 0, note: null, code: null },
          { id: 1, note: "next", code: null },
        ]);
      });
    }

    it("for fields that are missing, or too many", () => {
      row(0, "0", null, null);
      field("1");
      const message = "the row has 1 of 3 fields";
      assert.throws(() => encoder.endRow(1), { name: "RangeError", message });
      assert.throws(() => encoder.endRow(1), { message: "the row has 0 of 3 fields" });
      for (const write of [() => encoder.null(), () => field("x"), () => encoder.value("x")]) {
        ["1", "a", "b"].forEach((value) => field(value));
        assert.throws(write, { name: "RangeError", message: "a row has 3 fields, got more" });
      }
      row(1, "1", null, null);
      assert.deepEqual(positions(encoder.take()), [0, 1]);
    });

    it("for positions that do not ascend, or are none", () => {
      for (const position of [-1, 1.5, Number.NaN, Infinity, 2 ** 53]) {
        assert.throws(
          () => row(position, "0", null, null),
          /positions must be safe integers from 0/,
        );
      }
      row(5, "0", null, null);
      for (const position of [5, 4, 0, -1]) {
        assert.throws(() => row(position, "1", null, null), {
          message: `positions must be safe integers from 0 that ascend, got ${position}`,
        });
      }
      row(2 ** 53 - 1, "2", null, null);
      assert.deepEqual(positions(encoder.take()), [5, 2 ** 53 - 1]);
    });

    it("if it is told to", () => {
      field("1");
      field("x");
      encoder.undoRow();
      encoder.undoRow();
      row(0, "2", null, null);
      assert.deepEqual(decoded(encoder.take()), [{ id: 2, note: null, code: null }]);
    });
  });

  it("gives its rows once, and none if there are none", () => {
    row(0, "1", null, null);
    const [first, second] = [encoder.take(), encoder.take()];
    assert.deepEqual([first.count, second.count, second.bytes], [1, 0, 0]);
    assert.deepEqual([encoder.rows, encoder.bytes], [0, 0]);
    assert.deepEqual(decoded(first), [{ id: 1, note: null, code: null }]);
  });

  it("does not give rows while one is unfinished", () => {
    row(0, "1", null, null);
    field("2");
    assert.throws(() => encoder.take(), /the row has 1 of 3 fields: finish it before take\(\)/);
    encoder.null();
    encoder.null();
    encoder.endRow(1);
    assert.equal(encoder.take().count, 2);
  });

  it("uses the memory again for the next row, and says so of all rows that were in it", () => {
    row(3, "1", null, null);
    const taken = [encoder.take(), encoder.take()].map(tuplesOf);
    assert.deepEqual(
      taken.map(({ memory }) => memory.isReused),
      [false, false],
    );
    // Positions may begin again: it is the source that knows the last one.
    row(0, "2", null, null);
    const next = tuplesOf(encoder.take());
    assert.deepEqual(
      [...taken, next].map(({ memory }) => memory.isReused),
      [true, true, false],
    );
    assert.equal(next.tuples.buffer, taken[0]!.tuples.buffer);
  });

  it("refuses places that are not in the bytes, and takes those at their edges", () => {
    const bytes = Buffer.from("12");
    const odd: readonly (readonly [number, number])[] = [
      [0, -1],
      [-1, 1],
      [2, 1],
      [0, 3],
      [3, 3],
      [Number.NaN, 1],
      [0, Number.NaN],
    ];
    for (const [start, end] of odd) {
      const { message } = encodeError(() => encoder.text(bytes, start, end));
      assert.equal(message, `column "id": there is no text from ${start} to ${end} in 2 bytes`);
    }
    encoder.text(bytes, 0, 2);
    encoder.text(bytes, 2, 2);
    encoder.text(bytes, 0, 0);
    encoder.endRow(0);
    assert.deepEqual(decoded(encoder.take()), [{ id: 12, note: "", code: "" }]);
  });

  it("says so also if the next row is undone", () => {
    row(0, "1", null, null);
    const { memory } = tuplesOf(encoder.take());
    assert.throws(() => field("x"), EncodeError);
    assert.equal(memory.isReused, true);
  });

  it("refuses a timestamptz without a time zone, and says what to do", () => {
    const ofTimes = createEncoder(new RowFormat<object>(writable({ at: timestamptz })), {});
    const error = encodeError(() => field("2024-01-01 00:00:00", ofTimes));
    assert.equal(
      error.reason,
      '"2024-01-01 00:00:00" must have a time zone, because that of the session is not used: append Z for UTC, or an offset such as +01:00',
    );
  });
});

describe("the rows of an encoder", () => {
  it("are no other values", () => {
    for (const value of [undefined, null, {}, [], "rows"]) {
      assert.throws(() => tuplesOf(value as never), /takes the rows of an encoder's take\(\), got/);
    }
  });
});

describe("the memory of an encoder", () => {
  it("has a limit, which says what to do; the row is undone, and the others are there", () => {
    const writer = new BlockWriter(100_000);
    writer.bytes(Buffer.alloc(60_000, "a"));
    writer.endTuple();
    assert.throws(() => writer.bytes(Buffer.alloc(40_001)), {
      name: "RangeError",
      message: "the encoded rows would have 100001 bytes together: take() the finished ones before",
    });
    writer.undoTuple();
    writer.bytes(Buffer.alloc(40_000, "b"));
    writer.endTuple();
    assert.equal(writer.tuples.toString(), "a".repeat(60_000) + "b".repeat(40_000));
  });

  it("is given back after a giant row", () => {
    const writer = new BlockWriter();
    writer.bytes(Buffer.alloc(20_000_000, "a"));
    writer.endTuple();
    const { tuples } = writer;
    writer.reset();
    writer.bytes(Buffer.from("b"));
    writer.endTuple();
    assert.ok(writer.tuples.buffer.byteLength < 1_000_000);
    assert.equal(tuples.length, 20_000_000);
    assert.equal(tuples[0], "a".charCodeAt(0));
  });
});
