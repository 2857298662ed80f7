import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { age } from "../../dist/commands/age.js";
import { bytes } from "../../dist/commands/bytes.js";
import { printable } from "../../dist/commands/printable.js";
import { textTable } from "../../dist/commands/text-table.js";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

describe("texts of the commands", () => {
  const ages: readonly [number, string][] = [
    [-5, "0 s"],
    [999, "0 s"],
    [SECOND, "1 s"],
    [2 * MINUTE + 5 * SECOND, "2 min 5 s"],
    [3 * HOUR, "3 h"],
    [3 * HOUR + 5 * SECOND, "3 h"],
    [400 * DAY + 4 * HOUR + 59 * MINUTE, "400 d 4 h"],
  ];
  for (const [ms, text] of ages) {
    it(`${ms} ms are ${text}`, () => assert.equal(age(ms), text));
  }

  const sizes: readonly [number, string][] = [
    [0, "0 bytes"],
    [10_239, "10239 bytes"],
    [10_240, "10 kB"],
    [3 * 2 ** 30, "3072 MB"],
    [2 ** 60, "1048576 TB"],
  ];
  for (const [count, text] of sizes) {
    it(`${count} bytes are ${text}`, () => assert.equal(bytes(count), text));
  }

  it("control characters are escaped, which could change a terminal", () => {
    assert.equal(printable("é\n\t\u001B[31mred\u009B"), "é\\n\\t\\x1b[31mred\\x9b");
  });

  const COLUMNS = [{ title: "name" }, { title: "rows", isNumber: true }];

  it("a table is aligned, numbers to the right, without spaces at the end", () => {
    const lines = textTable(
      [...COLUMNS, { title: "note" }],
      [
        ["u\u0308ber", "1", ""],
        ["b", "1000", "x"],
      ],
      undefined,
    );
    assert.deepEqual(lines, ["name  rows  note", "u\u0308ber     1", "b     1000  x"]);
  });

  it("a table that is wider than the terminal is cut in its widest column, in the middle", () => {
    const lines = textTable(COLUMNS, [["/data/prices/2024/january.csv", "12345"]], 22);
    assert.deepEqual(lines, ["name              rows", "/data/p…ary.csv  12345"]);
  });

  it("a table is not cut to nothing", () => {
    const lines = textTable(COLUMNS, [["abcdefghijklmnop", "1"]], 5);
    assert.deepEqual(lines, ["name          rows", "abcde…klmnop     1"]);
  });
});
