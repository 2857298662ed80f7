import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, beforeEach, describe, it } from "node:test";

import { Client } from "pg";

import { groupsOf, tuplesOf } from "../dist/contenders/copy-tuples.js";
import type { Options } from "../dist/contenders/job.js";
import { spoolRun } from "../dist/parts/spool-run.js";
import { measureSpool } from "../dist/parts/spool.js";
import { spoolPictures, spoolRatios, spoolSection } from "../dist/report/spool-section.js";
import { Bench, type Run } from "../dist/run/bench.js";
import type { Sample } from "../dist/run/sample.js";
import { SpoolFolder } from "../dist/run/spool-folder.js";
import { whileLocked } from "../dist/run/while-locked.js";
import { LEDGER } from "../dist/workloads/ledger.js";
import { workloadNamed } from "../dist/workloads/registry.js";
import { toNoTable } from "../dist/workloads/share.js";
import { qualifiedName, SCHEMA } from "../dist/workloads/workload.js";
import { useOwnDatabase } from "./own-database.js";

const ROWS = 52;
const metrics = workloadNamed("metrics");

useOwnDatabase();

describe("the benchmarks of the spool", () => {
  const { TMPDIR } = process.env;
  let bench: Bench;
  let folder: SpoolFolder;
  before(async () => {
    // Many systems have the usual one in memory.
    process.env["TMPDIR"] = join(import.meta.dirname, "tmp");
    await mkdir(process.env["TMPDIR"], { recursive: true });
    bench = await Bench.open({
      tools: { psql: undefined, python: undefined, modules: {}, load: {} },
      nodeFlags: [],
      signal: new AbortController().signal,
    });
  });
  after(async () => {
    await bench.close();
    await folder.remove();
    if (TMPDIR === undefined) delete process.env["TMPDIR"];
    else process.env["TMPDIR"] = TMPDIR;
  });
  beforeEach(async () => {
    await folder?.remove();
    folder = await SpoolFolder.create(bench.database);
  });

  const run = (given: Partial<Run> = {}): Promise<Sample> =>
    bench.run(
      spoolRun(bench, folder, {
        implementation: "timed-send",
        workload: metrics.name,
        rows: ROWS,
        options: { callers: 5 },
        ...given,
      }),
    );

  const append = (given: Partial<Run> = {}): Promise<Sample> =>
    bench.run({
      implementation: "append-sync",
      workload: metrics.name,
      rows: ROWS,
      options: { connections: 1, groupRows: 5 },
      divide: toNoTable,
      folder: folder.path,
      verify: ([ready]) => folder.verifyAppended(ready!),
      ...given,
    });

  it("tell when the last row was durable, and find all of them in the table", async () => {
    const { acceptedSeconds, latencyMs, seconds, syncs } = await run();
    assert.ok(acceptedSeconds! > 0 && acceptedSeconds! < seconds);
    assert.ok(syncs! >= ROWS / 5 && syncs! <= ROWS);
    assert.ok(latencyMs!.p50 > 0);
    const ways: readonly Options[] = [{}, { rowsPerCall: 5 }];
    for (const options of ways) {
      const many = await run({ implementation: "timed-send-many", options });
      assert.ok(many.acceptedSeconds! < many.seconds);
    }
  });

  it("have no figure if a run leaves a file, a source in the ledger, or a row", async () => {
    const path = join(folder.path, "left");
    await assert.rejects(
      run({ before: () => writeFile(path, "") }),
      /the spool's directory still has left/,
    );
    await rm(path);
    const claim = async (): Promise<void> => {
      await bench.database.client.query(
        `INSERT INTO ${LEDGER} VALUES ('spool/left/0', gen_random_uuid(), gen_random_uuid(), 1)`,
      );
    };
    await assert.rejects(run({ before: claim }), /the ledger still has spool\/left\/0/);
    await bench.database.client.query(
      `CREATE FUNCTION ${SCHEMA}.skip() RETURNS trigger LANGUAGE plpgsql AS
         $$ BEGIN IF new.latency_ms > 500 THEN RETURN NULL; END IF; RETURN new; END $$;
       CREATE TRIGGER skip BEFORE INSERT ON ${qualifiedName(metrics)}
         FOR EACH ROW EXECUTE FUNCTION ${SCHEMA}.skip()`,
    );
    await assert.rejects(run(), /metrics has \d+ rows instead of \d+/);
    await bench.database.client.query(`DROP FUNCTION ${SCHEMA}.skip CASCADE`);
  });

  it("append what the server would write, a group at a time, and nothing to the table", async () => {
    const { syncs, latencyMs } = await append();
    assert.equal(syncs, Math.ceil(ROWS / 5));
    assert.ok(latencyMs!.p50 > 0);
    assert.equal((await append({ options: { connections: 1 } })).syncs, 1);
    const { rows } = await bench.database.totals(metrics);
    assert.equal(rows, 0);
  });

  it("have no figure if other bytes were appended", async () => {
    const flip = async ([ready]: readonly string[]): Promise<void> => {
      const path = join(folder.path, "appended");
      const bytes = await readFile(path);
      bytes[bytes.length - 1]! ^= 1;
      await writeFile(path, bytes);
      await folder.verifyAppended(ready!);
    };
    await assert.rejects(append({ verify: flip }), /other bytes than were to be written/);
  });

  it("cut tuples where they end, also those with NULL", () => {
    const tuple = Buffer.from([0, 2, 255, 255, 255, 255, 0, 0, 0, 3, 0, 1, 2]);
    const groups = groupsOf(Buffer.concat([tuple, tuple, tuple]), 2);
    assert.deepEqual(groups, [Buffer.concat([tuple, tuple]), tuple]);
    const large = Buffer.concat([Buffer.from([0, 1, 0, 8, 0, 0]), Buffer.alloc(2 ** 19)]);
    const byBytes = groupsOf(Buffer.concat([large, large, large]));
    assert.deepEqual(
      byBytes.map(({ length }) => length / large.length),
      [1, 1, 1],
    );
    assert.throws(() => tuplesOf(Buffer.from("text\n")), /not in COPY's binary format/);
  });

  it("refuse a folder in memory", { skip: !existsSync("/dev/shm") }, async () => {
    const { TMPDIR: onDisk } = process.env;
    process.env["TMPDIR"] = "/dev/shm";
    await assert.rejects(SpoolFolder.create(bench.database), /is in memory: set TMPDIR/);
    process.env["TMPDIR"] = onDisk;
  });

  it("say what kind of disk the spool is on, and whether it is the server's", () => {
    assert.match(folder.disk.fileSystem, /\S/);
    assert.equal(typeof folder.disk.isServers, "boolean");
  });

  it("end sessions that still wait for a table that was locked, before it is unlocked", async () => {
    await run();
    await bench.database.empty([metrics]);
    const client = new Client(process.env["DATABASE_URL"]);
    client.on("error", () => {});
    await client.connect();
    const insert = `INSERT INTO ${qualifiedName(metrics)} VALUES ('/', 1)`;
    let inserting = Promise.resolve<unknown>(undefined);
    await whileLocked(metrics, async () => {
      inserting = assert.rejects(client.query(insert));
      await untilWaiting(bench);
    });
    await inserting;
    assert.equal((await bench.database.totals(metrics)).rows, 0);
    await bench.database.client.query(insert);
    await assert.rejects(
      whileLocked(metrics, async () => {}),
      /has rows that were written while it was locked/,
    );
  });

  it("have figures and pictures for everything that they measure", async () => {
    const figures = await measureSpool(bench, { rounds: 1, quick: true, scale: () => 2000 });
    const section = spoolSection(figures);
    assert.doesNotMatch(section, /NaN|undefined|Infinity/);
    const pictures = spoolPictures(figures);
    const named = [...section.matchAll(/\]\((.*?\.svg)\)/g)].map(([, name]) => name!);
    assert.deepEqual(named, Object.keys(pictures));
    for (const name of named) {
      assert.match(pictures[name]!, /^<svg/, name);
      assert.doesNotMatch(pictures[name]!, /NaN/, name);
    }
    for (const line of [
      "send(), 64 producers, spool",
      "send(), 64 producers: append and fdatasync",
      "sendMany(), one call, spool",
      "from the spool, left by sendMany()",
    ]) {
      assert.ok(section.includes(`| ${line} `), line);
    }
    assert.match(spoolRatios(figures), /^\| send\(\), 1 producer, spool .* \d+\.\d\d \|$/m);
  });
});

/** Resolves when another session waits for a lock. */
async function untilWaiting({ database }: Bench): Promise<void> {
  const waiting = "SELECT FROM pg_locks WHERE NOT granted";
  while ((await database.client.query(waiting)).rows.length === 0);
}
