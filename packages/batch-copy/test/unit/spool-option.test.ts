import assert from "node:assert/strict";
import { resolve } from "node:path";
import { describe, it } from "node:test";

import { Copier, CopierGroup, int4, table } from "../../dist/index.js";
import { resolveOptions } from "../../dist/options.js";
import { resolveSpool } from "../../dist/spool-option.js";

const numbers = table("numbers", { n: int4 });
const directory = "/nowhere/spool";
const letters = { deadLetters: "letters" };

async function refuses(options: object, message: RegExp | string): Promise<void> {
  for (const connecting of [Copier.connect(numbers, options), CopierGroup.connect(options)]) {
    await assert.rejects(connecting, { code: "INVALID_OPTION", message });
  }
}

describe("the option spool", () => {
  it("is an object with a directory, whose other parts have defaults", () => {
    assert.equal(resolveSpool(undefined), undefined);
    const usual = { directory, maxBytes: 10 * 2 ** 30, retainMs: 0 };
    assert.deepEqual(resolveSpool({ directory }), usual);
    assert.deepEqual(resolveSpool({ directory, maxBytes: undefined, retainMs: undefined }), usual);
    const least = { directory, maxBytes: 2 ** 20, retainMs: 2 ** 31 - 1 };
    assert.deepEqual(resolveSpool(least), least);
  });

  it("has a directory that stays the same when the process changes its own", () => {
    assert.equal(resolveSpool({ directory: "var/spool" })?.directory, resolve("var/spool"));
  });

  it("is refused by name if it is of another kind", async () => {
    for (const spool of ["/var/spool", true, 1, () => directory]) {
      await refuses(
        { ...letters, spool },
        /^spool must be \{ directory, maxBytes, retainMs \}, got /,
      );
    }
    for (const spool of [null, [], new Map(), Promise.resolve({ directory })]) {
      await refuses({ ...letters, spool }, /^spool must be an object, got /);
    }
    for (const path of [undefined, "", 5, null, "a\0b", new URL("file:///var/spool")]) {
      await refuses(
        { ...letters, spool: { directory: path } },
        /^spool\.directory must be the path of a directory, got /,
      );
    }
    for (const maxBytes of [0, 2 ** 20 - 1, 1.5 * 2 ** 20 + 0.5, Infinity, NaN, "1g", null]) {
      await refuses(
        { ...letters, spool: { directory, maxBytes } },
        /^spool\.maxBytes must be an integer of at least 1048576, got /,
      );
    }
    for (const retainMs of [-1, 0.5, 2 ** 31, Infinity, "1h", null]) {
      await refuses(
        { ...letters, spool: { directory, retainMs } },
        /^spool\.retainMs must be an integer from 0 to 2147483647, got /,
      );
    }
  });

  it("refuses unknown parts, and says which one may be meant", async () => {
    const meant = {
      path: "directory",
      dir: "directory",
      directroy: "directory",
      max_size: "maxBytes",
      maxbytes: "maxBytes",
      retention: "retainMs",
      retainMS: "retainMs",
    };
    for (const [name, part] of Object.entries(meant)) {
      await refuses(
        { ...letters, spool: { directory, [name]: 1 } },
        `Unknown option "spool.${name}". Did you mean "spool.${part}"?`,
      );
    }
    await refuses(
      { ...letters, spool: { directory, zzzzzz: 1 } },
      'Unknown option "spool.zzzzzz".',
    );
  });

  it("needs somebody who takes rejected rows after a restart", async () => {
    await refuses(
      { spool: { directory } },
      "spool needs deadLetters or onReject: after a restart, the sender of a rejected row is gone",
    );
    const spool = { directory };
    assert.ok(resolveOptions({ spool, ...letters }).spool);
    assert.ok(resolveOptions({ spool, onReject: () => {} }).spool);
  });

  it("has a ledger without being asked, and refuses to go without", async () => {
    const spool = { directory };
    assert.deepEqual(resolveOptions({ ...letters, spool }).ledger, {
      table: undefined,
      create: true,
    });
    const own = { table: "app.ledger", create: false };
    assert.deepEqual(resolveOptions({ ...letters, spool, ledger: own }).ledger, own);
    assert.ok(resolveOptions({ ...letters, spool, ledger: true }).ledger);
    await refuses(
      { ...letters, spool, ledger: false },
      "spool needs a ledger: leave out ledger: false",
    );
  });

  it("leaves nothing in doubt, so that onInDoubt is refused beside it", async () => {
    for (const onInDoubt of ["retry", "reject"]) {
      await refuses({ ...letters, spool: { directory }, onInDoubt }, /^onInDoubt has no effect /);
    }
  });

  it("is one of the group, not of its tables", async () => {
    assert.equal(resolveOptions({}).spool, undefined);
    await refuses({ Spool: { directory } }, 'Unknown option "Spool". Did you mean "spool"?');
  });
});
