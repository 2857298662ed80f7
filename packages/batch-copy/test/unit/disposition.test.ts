import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { dispositionOf, type Disposition } from "../../dist/delivery/disposition.js";
import { placeOf } from "../../dist/transaction/copy-line.js";
import type { PgServerError } from "../../dist/transaction/server-error.js";
import type { Refusal } from "../../dist/transaction/write.js";

const CASES: Readonly<Record<Disposition, string>> = {
  refuse: "22001 22003 22007 22021 22P02 23502 23503 23505 23514 23P01 44000 P0001 P0002 ZZ001",
  doubtful:
    "08P01 22P03 22P04 42601 42622 42804 42883 0A000 26000 28000 28P01 3D000 " +
    "54000 54001 XX000 XX001 09000 27000 55000 72000",
  retry: "40000 40001 40P01 55P03 55006 57014 57P01 57P02 57P03 57P05",
  wait: "25006 25P02 25P03 25P04 08000 08001 08003 08004 08006 53000 53100 53200 53300 53400 58000 58030 HV00N",
  hold: "2200H 42501 42703 42P01 3F000",
};

function refusalOf(code: string, fields: Partial<PgServerError> = {}): Refusal {
  const error = Object.assign(new Error(code), { code, severity: "ERROR", ...fields });
  return { error, place: placeOf(fields.where), row: undefined };
}

describe("the disposition", () => {
  for (const [disposition, codes] of Object.entries(CASES)) {
    for (const code of codes.split(" ")) {
      it(`of ${code} is ${disposition}`, () => {
        assert.equal(dispositionOf(refusalOf(code)), disposition);
      });
    }
  }

  it("of what a trigger raises is never to wait or to hold", () => {
    for (const code of ["53100", "58030", "08006", "2200H", "40001", "57014"]) {
      assert.equal(dispositionOf(refusalOf(code, { routine: "exec_stmt_raise" })), "retry", code);
    }
    assert.equal(dispositionOf(refusalOf("42501", { routine: "exec_stmt_raise" })), "doubtful");
    assert.equal(dispositionOf(refusalOf("23505", { routine: "exec_stmt_raise" })), "refuse");
  });

  it("of a missing privilege is to hold, but for one that a function lacks", () => {
    assert.equal(dispositionOf(refusalOf("42501", { where: "COPY t, line 1" })), "hold");
    const ofWorker = "while executing command on 10.0.0.1:5432\nCOPY t, line 1";
    assert.equal(dispositionOf(refusalOf("42P01", { where: ofWorker })), "hold");
    const where = "SQL statement\nPL/pgSQL function f()\nCOPY t, line 1";
    assert.equal(dispositionOf(refusalOf("42501", { where })), "doubtful");
    const ofForeignTable =
      "remote SQL command: INSERT INTO public.t(v) VALUES ($1)\nCOPY t, line 1";
    assert.equal(dispositionOf(refusalOf("42501", { where: ofForeignTable })), "hold");
    const single = "PL/pgSQL function f() line 3 at SQL statement";
    assert.equal(dispositionOf(refusalOf("42501", { where: single })), "doubtful");
  });

  it("of a missing table is to hold, but for one that a value of a row names", () => {
    assert.equal(dispositionOf(refusalOf("42P01", { where: "COPY t, line 1" })), "doubtful");
    assert.equal(dispositionOf(refusalOf("42P01")), "hold");
  });

  it("of a connection or a file that a function uses is to retry, and not to wait forever", () => {
    const where = "PL/pgSQL function f() line 3 at assignment";
    for (const code of ["08001", "58P01", "58030"]) {
      assert.equal(dispositionOf(refusalOf(code, { where })), "retry", code);
      assert.equal(dispositionOf(refusalOf(code, { where: "COPY t, line 1" })), "wait", code);
    }
    assert.equal(
      dispositionOf(refusalOf("53100", { where })),
      "wait",
      "a full disk is nobody's own",
    );
  });

  it("of a statement beside the rows is never about a row", () => {
    const aside = (code: string): Disposition =>
      dispositionOf({ ...refusalOf(code), place: "aside" });
    assert.equal(aside("23505"), "hold");
    assert.equal(aside("42501"), "hold");
    assert.equal(aside("40P01"), "wait");
    assert.equal(aside("53100"), "wait");
  });
});
