import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { before, describe, it } from "node:test";

import { run } from "../helpers/command.js";
import { useFolder } from "../helpers/folder.js";
import { kill, startLibrary } from "../helpers/library-process.js";
import { databaseUrl, useSchema } from "../helpers/schema.js";

const db = useSchema();
const folder = useFolder();

/** A process with three rows in its spool, which are not committed because the table is locked. */
const SENDER = `
  const { default: pg } = await import("pg");
  const copier = await lib.Copier.connect(config.table, {
    databaseUrl: config.databaseUrl, spool: { directory: config.directory }, onReject() {},
    ledger: { table: config.ledger } });
  const locker = new pg.Client(config.databaseUrl);
  await locker.connect();
  await locker.query("BEGIN; LOCK TABLE " + config.table);
  for (const n of [1, 2, 3]) await copier.send({ n });
  console.log("ready");`;

describe("batch-copy spool", () => {
  const directory = join(folder.path, "spool");
  let alive: string;
  let dead: string;

  /** The tests are about what one process has left. */
  before(async () => {
    await db.rows(`CREATE TABLE ${db.name}.numbers (n int)`);
    const sender = await startLibrary(SENDER, {
      table: `${db.name}.numbers`,
      ledger: `${db.name}.ledger`,
      databaseUrl,
      directory,
    });
    alive = (await run(["spool", "list", directory])).stdout;
    await kill(sender);
    dead = (await run(["spool", "list", directory])).stdout;
  });

  it("list shows streams of processes that live and of those that have ended", () => {
    const [titles, line] = alive.split("\n");
    assert.match(titles!, /^stream +state +table +rows +size +since$/);
    assert.match(line!, /^[\da-f-]{36} {2}in use +"\w+"\."numbers" +3 +\d+ bytes {2}\d{4}-\d\d-/);
    assert.match(dead, /^[\da-f-]{36} {2}waiting {2}"\w+"\."numbers" +3 /m);
  });

  it("list --json prints a line for each stream", async () => {
    const { code, stdout } = await run(["spool", "list", directory, "--json"]);
    const { id, isAlive, tables } = JSON.parse(stdout);
    assert.equal(id, dead.split("\n")[1]!.slice(0, 36));
    assert.equal(isAlive, false);
    assert.deepEqual(
      [tables.length, tables[0].name, tables[0].rows],
      [1, `"${db.name}"."numbers"`, 3],
    );
    assert.equal(code, 0);
  });

  it("repair leaves what needs no repair", async () => {
    const { code, stdout } = await run(["spool", "repair", directory]);
    assert.equal(stdout, "Nothing to repair.\n");
    assert.equal(code, 0);
  });

  it("repair refuses a stream that is not there", async () => {
    const id = "00000000-0000-4000-8000-000000000000";
    const { code, stderr } = await run(["spool", "repair", directory, "--stream", id]);
    assert.match(stderr, /there is no stream/);
    assert.equal(code, 2);
  });

  it("list shows damage, and repair moves it aside", async () => {
    damage(directory);
    const listed = await run(["spool", "list", directory]);
    assert.match(listed.stdout, /^[\da-f-]{36} {2}damaged /m);
    assert.match(listed.stdout, /segment-\S+ is damaged at byte \d+: .*batch-copy spool repair$/m);
    assert.equal(listed.code, 0);
    const repaired = await run(["spool", "repair", directory]);
    assert.match(repaired.stdout, /^[\da-f-]{36}: repaired, \d+ rows? (is|are) lost$/m);
    assert.match(repaired.stdout, /^ {2}moved aside: \/.*\/damaged-[\da-f-]{36}-\d+/m);
    assert.equal(repaired.code, 0);
    assert.doesNotMatch((await run(["spool", "list", directory])).stdout, /damaged/);
  });
});

/** Changes a byte of a row that is not the last one, which may be one that was not synced. */
function damage(directory: string): void {
  const segment = readdirSync(directory, { recursive: true, encoding: "utf8" })
    .filter((path) => path.includes("segment-"))
    .toSorted()[0]!;
  const path = join(directory, segment);
  const content = readFileSync(path);
  const place = Math.floor(content.length * 0.8);
  content[place] = content[place]! ^ 0xff;
  writeFileSync(path, content);
}
