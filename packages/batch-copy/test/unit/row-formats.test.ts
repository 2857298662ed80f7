import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";

import { columnType, int4, int8, text, varchar } from "../../dist/index.js";
import type { WritableColumn } from "../../dist/table/field-writer.js";
import { RowFormats } from "../../dist/table/row-formats.js";

const base = { kind: "base" } as never;

function columns(change: Partial<WritableColumn> = {}): WritableColumn[] {
  return [
    { key: "id", name: "id", isNullable: false, codec: int4.codecFor(base), type: base, ...change },
    { key: "note", name: "note", isNullable: true, codec: text.codecFor(base), type: base },
  ] as WritableColumn[];
}

describe("the formats of many tables", () => {
  it("are one for tables with the same columns", () => {
    const formats = new RowFormats();
    assert.equal(formats.of(columns()), formats.of(columns()));
  });

  it("are one for columns of the catalog that are written in the same way, until a type is registered", () => {
    const formats = new RowFormats();
    const names = (): WritableColumn[] => columns({ codec: varchar(20).codecFor(base) });
    const format = formats.of(names(), "varchar(20)");
    assert.equal(formats.of(names(), "varchar(20)"), format);
    assert.notEqual(formats.of(names(), "varchar(30)"), format);
    assert.notEqual(formats.of(names()), format);
    columnType("row_formats_test", { encode() {}, decode: () => 0 });
    assert.notEqual(formats.of(names(), "varchar(20)"), format);
  });

  it("differ with any column", () => {
    const formats = new RowFormats();
    const changes: Partial<WritableColumn>[] = [
      {},
      { key: "ID" },
      { name: "ID" },
      { isNullable: true },
      { codec: int8.codecFor(base) },
      { type: { oid: 1 } as never },
      { default: "1" },
      { default: "2" },
      { makeDefault: () => 1 },
      { makeDefault: () => 1 },
    ];
    const found = new Set(changes.map((change) => formats.of(columns(change))));
    found.add(formats.of(columns().slice(0, 1)));
    found.add(formats.of(columns().toReversed()));
    assert.equal(found.size, changes.length + 2);
  });

  it("are forgotten with the tables that used them", async () => {
    const formats = new RowFormats();
    const format = new WeakRef(formats.of(columns({ makeDefault: () => 1 })));
    await nextTurn();
    globalThis.gc!();
    assert.equal(format.deref(), undefined);
    assert.notEqual(formats.of(columns()), undefined);
  });
});
