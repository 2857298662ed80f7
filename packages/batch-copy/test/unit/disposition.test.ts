import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { dispositionOf, type Disposition } from "../../dist/delivery/disposition.js";

const CASES: Readonly<Record<Disposition, string>> = {
  refuse:
    "22001 22003 22007 22021 22P02 22P03 23502 23503 23505 23514 23P01 44000 P0001 P0002 ZZ001",
  suspect: "08P01 22P04 42601 42622 42804 54000 54001 XX000 XX001 09000 27000 55000 72000",
  retry:
    "08000 08001 08003 08004 08006 40000 40001 40P01 53000 53100 53200 53300 53400 55P03 55006 " +
    "57014 57P01 57P02 57P03 57P05 58000 58030 25006 25P02 25P03 25P04",
  hold: "0A000 26000 2200H 28000 28P01 3D000 3F000 42501 42703 42883 42P01",
};

describe("the disposition", () => {
  for (const [disposition, codes] of Object.entries(CASES)) {
    for (const code of codes.split(" ")) {
      it(`of ${code} is ${disposition}`, () => {
        assert.equal(dispositionOf(code), disposition);
      });
    }
  }
});
