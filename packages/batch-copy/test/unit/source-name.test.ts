import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { checkSourceName } from "../../dist/ledger/source-name.js";

describe("the name of a source", () => {
  it("is any string of 1 to 1024 bytes", () => {
    for (const name of [
      "a",
      " ",
      "orders/3",
      "lane",
      "lanes/1",
      "Lane/1",
      "a/spool/",
      "x".repeat(1024),
    ]) {
      checkSourceName(name);
    }
    checkSourceName("ß".repeat(512));
  });

  it("is nothing else, and none that is reserved", () => {
    const kinds = "the name of a source must be a string of characters, got";
    const refused: [unknown, string][] = [
      ["", `${kinds} ''`],
      [undefined, `${kinds} undefined`],
      [3, `${kinds} 3`],
      ["a\0b", `${kinds} 'a\\x00b'`],
      ["a\ud800", `${kinds} 'a\\ud800'`],
      [
        `ß${"x".repeat(1023)}`,
        "the name of a source must not be longer than 1024 bytes in UTF-8, got 1025 bytes",
      ],
      ["lane/1", `the name of a source must not begin with "lane/", got 'lane/1'`],
      ["spool/", `the name of a source must not begin with "spool/", got 'spool/'`],
    ];
    for (const [name, message] of refused) {
      assert.throws(() => checkSourceName(name), { code: "INVALID_OPTION", message });
    }
  });
});
