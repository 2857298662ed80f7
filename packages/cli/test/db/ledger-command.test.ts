import assert from "node:assert/strict";
import { before, beforeEach, describe, it } from "node:test";

import { run, type RunResult } from "../helpers/command.js";
import { useFolder } from "../helpers/folder.js";
import { kill, startLibrary } from "../helpers/library-process.js";
import { databaseUrl, useSchema } from "../helpers/schema.js";

const db = useSchema();
const folder = useFolder();
const ledger = `${db.name}.ledger`;

/** A process that has a source open. */
const OWNER = `
  const copier = await lib.Copier.connect(config.table, {
    databaseUrl: config.databaseUrl, ledger: { table: config.ledger }, onReject() {} });
  const source = await copier.source("orders/1", { start: 7 });
  setInterval(() => {}, 1000);
  console.log("ready");`;

describe("batch-copy ledger", () => {
  let file = "";

  before(async () => {
    await db.rows(
      `CREATE TABLE ${db.name}.numbers (n int); CREATE TABLE ${db.name}.others (n int)`,
    );
    file = folder.write("numbers.csv", "n\n1\n2\n");
  });

  beforeEach(async () => {
    await db.rows(`DROP TABLE IF EXISTS ${ledger}`);
    await loadInto("numbers");
  });

  async function loadInto(table: string): Promise<void> {
    const args = ["load", file, "--into", `${db.name}.${table}`, "--ledger", ledger];
    const { code, stderr } = await run(args);
    assert.equal(code, 0, stderr);
  }

  const ofLedger = (...args: string[]): Promise<RunResult> =>
    run(["ledger", ...args, "--ledger", ledger]);

  it("list shows the files that were loaded, in words", async () => {
    const { code, stdout } = await ofLedger("list");
    const [titles, line, ...rest] = stdout.split("\n");
    assert.match(titles!, /^source +position +age +connected$/);
    assert.ok(line!.startsWith(`${file} into "${db.name}"."numbers"`), line);
    assert.match(line!, / 6  +\d+ s  no$/);
    assert.deepEqual(rest, [""]);
    assert.equal(code, 0);
  });

  it("list --json prints a line for each source", async () => {
    const { stdout } = await ofLedger("list", "--json");
    const { source, position, isConnected, file: path, table } = JSON.parse(stdout);
    assert.match(source, /^load ".*"\."numbers" \/.* #6:[\da-f]{64}$/);
    assert.deepEqual(
      { position, isConnected, path, table },
      { position: "6", isConnected: false, path: file, table: `"${db.name}"."numbers"` },
    );
  });

  it("forget takes the path of a file, so that it is loaded from the start", async () => {
    const { code, stdout } = await ofLedger("forget", file);
    assert.match(stdout, /^Forgot .*numbers\.csv into .*, which was at 6\.$/m);
    assert.equal(code, 0);
    assert.equal((await ofLedger("list")).stdout, "The ledger has no sources.\n");
  });

  it("forget asks for the source if a file was loaded into several tables", async () => {
    await loadInto("others");
    const { code, stderr } = await ofLedger("forget", file);
    assert.match(stderr, /was loaded into several tables\. Name the source: 'load .* or 'load /);
    assert.equal(code, 2);
    const [, source] = /'(load [^']*"others"[^']*)'/.exec(stderr)!;
    assert.equal((await ofLedger("forget", source!)).code, 0);
    const { stdout } = await ofLedger("list");
    assert.match(stdout, /numbers"/);
    assert.doesNotMatch(stdout, /others"/);
  });

  it("forget refuses what is not there, and forgets nothing then", async () => {
    const { code, stderr } = await ofLedger("forget", file, "no such source");
    assert.match(stderr, /there is no source 'no such source' in the ledger/);
    assert.equal(code, 2);
    assert.match((await ofLedger("list")).stdout, /numbers\.csv/);
  });

  it("forget refuses a source that is connected, unless --force", async () => {
    const owner = await startLibrary(OWNER, { table: `${db.name}.numbers`, databaseUrl, ledger });
    assert.match((await ofLedger("list")).stdout, /^orders\/1 +7 +\d+ s  yes$/m);
    const refused = await ofLedger("forget", "orders/1");
    assert.match(refused.stderr, /the source 'orders\/1' is in use/);
    assert.equal(refused.code, 2);
    const forced = await ofLedger("forget", "orders/1", "--force", "--json");
    assert.deepEqual(JSON.parse(forced.stdout), { source: "orders/1", isForgotten: true });
    assert.equal(forced.code, 0);
    await kill(owner);
  });
});
