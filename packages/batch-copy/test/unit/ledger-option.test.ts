import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { Copier, CopierGroup, int4, ledgerDdl, table } from "../../dist/index.js";
import { resolveLedger } from "../../dist/ledger-option.js";
import { resolveOptions } from "../../dist/options.js";

const numbers = table("numbers", { n: int4 });

async function refuses(options: object, message: RegExp | string): Promise<void> {
  for (const connecting of [Copier.connect(numbers, options), CopierGroup.connect(options)]) {
    await assert.rejects(connecting, { code: "INVALID_OPTION", message });
  }
}

/** Names as SQL reads them, and how DDL has them. */
const NAMES: Readonly<Record<string, string>> = {
  batch_copy_ledger: '"batch_copy_ledger"',
  "App.Ledger": '"app"."ledger"',
  ' "App" . "Odd.""Ledger" ': '"App"."Odd.""Ledger"',
  ".x": "",
  "x.": "",
  "a.b.c": "",
  "a b": "",
  "x; DROP TABLE y": "",
  "1x": "",
  x1$: '"x1$"',
  Größe: '"größe"',
  ÄB: '"Äb"',
  '""': "",
  '"a"b"': "",
  '"a\0b"': "",
  '"\ud800"': "",
  "": "",
};

describe("the option ledger", () => {
  it("is a boolean or an object, whose defaults are filled in", () => {
    assert.equal(resolveOptions({}).ledger, undefined);
    assert.equal(resolveOptions({ ledger: false }).ledger, undefined);
    const usual = { table: undefined, create: true };
    assert.deepEqual(resolveOptions({ ledger: true }).ledger, usual);
    assert.deepEqual(resolveOptions({ ledger: {} }).ledger, usual);
    const ofOther = { table: 'app."Ledger"', create: false };
    assert.deepEqual(resolveOptions({ ledger: ofOther }).ledger, ofOther);
  });

  it("is refused by name if it is of another kind", async () => {
    for (const ledger of ["app.ledger", 1, () => true, 5n]) {
      await refuses({ ledger }, /^ledger must be true, false or \{ table, create \}, got /);
    }
    for (const ledger of [null, [], Promise.resolve(true), new Map()]) {
      await refuses({ ledger }, /^ledger must be an object, got /);
    }
    for (const create of ["yes", 1, null]) {
      await refuses({ ledger: { create } }, /^ledger\.create must be true or false, got /);
    }
    for (const name of ["", 5, null, "a b", "a.b.c", '""']) {
      await refuses(
        { ledger: { table: name } },
        /^ledger\.table must be the name of a table as SQL reads it, such as "app\.ledger", got /,
      );
    }
  });

  it("has no other parts, and says which may be meant", async () => {
    const meant = { tables: "table", tableName: "table", table_name: "table", created: "create" };
    for (const [name, right] of Object.entries({ ...meant, autoCreate: "create" })) {
      const message = `Unknown option "ledger.${name}". Did you mean "ledger.${right}"?`;
      await refuses({ ledger: { [name]: true } }, message);
    }
    await refuses({ ledger: { fillfactor: 5 } }, 'Unknown option "ledger.fillfactor".');
  });

  it("is what other libraries call exactly once", async () => {
    for (const name of ["ledgerTable", "exactlyOnce", "idempotent", "transactional", "ledgers"]) {
      await refuses({ [name]: true }, `Unknown option "${name}". Did you mean "ledger"?`);
    }
  });

  it("leaves nothing for onInDoubt to decide, so that both are refused", async () => {
    for (const onInDoubt of ["retry", "reject"]) {
      await refuses({ ledger: true, onInDoubt }, /^onInDoubt has no effect beside ledger, /);
      assert.equal(resolveOptions({ ledger: false, onInDoubt } as object).onInDoubt, onInDoubt);
    }
  });

  it("is one of the group, not of a table", async () => {
    const { resolveGroupOptions, resolveTableOptions } =
      await import("../../dist/group-options.js");
    const group = resolveGroupOptions({ ledger: { table: "app.ledger" } });
    assert.throws(() => resolveTableOptions({ ledger: true } as object, group), {
      message: "ledger is an option of the group: pass it to CopierGroup.connect()",
    });
    assert.deepEqual(resolveTableOptions({}, group).ledger, { table: "app.ledger", create: true });
  });

  it("has a name that is read as SQL reads it", () => {
    for (const [name, inDdl] of Object.entries(NAMES)) {
      if (inDdl === "") {
        assert.throws(() => resolveLedger({ table: name }), { code: "INVALID_OPTION" }, name);
        assert.throws(() => ledgerDdl(name), { code: "INVALID_OPTION" }, name);
      } else {
        resolveLedger({ table: name });
        assert.ok(ledgerDdl(name).startsWith(`CREATE TABLE IF NOT EXISTS ${inDdl} (\n`), name);
      }
    }
    assert.equal(ledgerDdl(), ledgerDdl("batch_copy_ledger"));
  });
});
