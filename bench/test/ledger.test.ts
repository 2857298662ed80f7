import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";

import { Client } from "pg";

import { courseOf } from "../dist/contenders/course-of.js";
import { measureLedger } from "../dist/parts/ledger.js";
import { comparedTable } from "../dist/report/compared.js";
import { ledgerPictures, ledgerRatios, ledgerSection } from "../dist/report/ledger-section.js";
import { Bench, type Run } from "../dist/run/bench.js";
import { inUnits, sourcesInTurn, withoutSources } from "../dist/run/beside-ledger.js";
import { besideOldSnapshot } from "../dist/run/old-snapshot.js";
import { PreciseProxy } from "../dist/run/precise-proxy.js";
import { measureRoundTrip } from "../dist/run/round-trip.js";
import type { Sample } from "../dist/run/sample.js";
import { LEDGER } from "../dist/workloads/ledger.js";
import { SCHEMA } from "../dist/workloads/workload.js";
import { useOwnDatabase } from "./own-database.js";

const ROWS = 52;

useOwnDatabase();

describe("the benchmarks of the ledger", () => {
  let bench: Bench;
  before(async () => {
    bench = await Bench.open({
      tools: { psql: undefined, python: undefined, modules: {}, load: {} },
      nodeFlags: [],
      signal: new AbortController().signal,
    });
  });
  after(() => bench.close());

  const run = (given: Partial<Run> = {}): Promise<Sample> =>
    bench.run({
      implementation: "source-send",
      workload: "metrics",
      rows: ROWS,
      options: { ledger: 1, sources: 5 },
      ledger: sourcesInTurn(5),
      ...given,
    });

  /** Lets a trigger do something to a table before a row is written; the run must fail for it. */
  const refuses = async (
    { table, event, statement }: { table: string; event: string; statement: string },
    reason: RegExp,
    work: () => Promise<Sample> = run,
  ): Promise<void> => {
    await work();
    await bench.database.client.query(
      `CREATE FUNCTION ${SCHEMA}.meddle() RETURNS trigger LANGUAGE plpgsql AS
         $$ BEGIN ${statement} RETURN new; END $$;
       CREATE TRIGGER meddle BEFORE ${event} ON ${table}
         FOR EACH ROW EXECUTE FUNCTION ${SCHEMA}.meddle()`,
    );
    await assert.rejects(work(), reason);
    await bench.database.client.query(`DROP FUNCTION ${SCHEMA}.meddle CASCADE`);
  };

  it("find the rows of sources in the table, and their positions in the ledger", async () => {
    const { batches } = await run();
    assert.ok(batches! >= 1);
    await run({
      implementation: "source-send-many",
      options: { ledger: 1, unitRows: 10 },
      ledger: inUnits(10),
    });
    await run({ implementation: "source-lone", options: { ledger: 1 }, ledger: sourcesInTurn(1) });
  });

  it("write a row from each source in each transaction", async () => {
    for (const ledger of [1, 0]) {
      const { batches } = await run({
        implementation: "one-of-each",
        options: { ledger, sources: 5 },
        ledger: ledger === 1 ? sourcesInTurn(5) : withoutSources(),
      });
      assert.equal(batches, Math.ceil(ROWS / 5));
    }
  });

  it("have no figure if a row of a source is missing", async () => {
    const table = `${SCHEMA}.metrics`;
    const statement = "IF new.latency_ms % 10 = 0 THEN RETURN NULL; END IF;";
    await refuses({ table, event: "INSERT", statement }, /metrics has \d+ rows instead of 52/);
  });

  it("have no figure if the ledger has another position than was sent", async () => {
    await assert.rejects(
      run({ ledger: sourcesInTurn(4) }),
      /the ledger has bench\/0 at 11 instead of 13/,
    );
    await assert.rejects(
      run({ options: { ledger: 1, sources: 4 } }),
      /the ledger has bench\/\d at .* instead of \d+/,
    );
    await assert.rejects(
      run({ implementation: "send", options: {} }),
      /the ledger has bench\/0 at no position instead of 11/,
    );
  });

  it("have no figure for a contender that leaves the ledger out, or uses one although it is not to", async () => {
    const given = { implementation: "insert-lone", ledger: withoutSources() };
    await assert.rejects(
      run({ ...given, options: { ledger: 1 } }),
      /the ledger was not written to/,
    );
    await refuses(
      {
        table: `${SCHEMA}.metrics`,
        event: "INSERT",
        statement: `INSERT INTO ${LEDGER} VALUES
          (new.url, gen_random_uuid(), gen_random_uuid(), 1) ON CONFLICT DO NOTHING;`,
      },
      /the ledger was written to/,
      () => run({ ...given, options: {} }),
    );
  });

  it("have no figure if the sources of others, which are in the ledger before, are gone", async () => {
    await refuses(
      {
        table: `${SCHEMA}.metrics`,
        event: "INSERT",
        statement: `DELETE FROM ${LEDGER} WHERE source = 'held/2';`,
      },
      /the ledger has 2 sources of others instead of 3/,
      () => run({ implementation: "insert", options: { ledger: 1 }, ledger: withoutSources(3) }),
    );
  });

  it("hold a snapshot that keeps old versions while a run goes on", async () => {
    const holders = `SELECT count(*)::int AS holders FROM pg_stat_activity
      WHERE backend_xmin IS NOT NULL AND pid <> pg_backend_pid() AND state = 'idle in transaction'`;
    const client = new Client(process.env["DATABASE_URL"]);
    await client.connect();
    const count = async (): Promise<unknown> => (await client.query(holders)).rows;
    assert.deepEqual(await besideOldSnapshot(count), [{ holders: 1 }]);
    await client.end();
  });

  it("delay round trips through a proxy, less by the time that it takes itself", async () => {
    const url = process.env["DATABASE_URL"] ?? "";
    const proxy = await PreciseProxy.open(url, 5);
    const added = (await measureRoundTrip(proxy.url)) - (await measureRoundTrip(url));
    await proxy.close();
    // How exact it is shows on a quiet machine only.
    assert.ok(added > 2, `${added} ms`);
  });

  it("keep the order of calls in their course", () => {
    assert.deepEqual(courseOf(Float64Array.of(3, 3, 3, 1, 1, 2, 9, 8, 9), 3), [3, 1, 9]);
  });

  it("compare each line with its counterpart in the same round", () => {
    const sampleOf = (seconds: number): Sample => ({ rows: 10, seconds, cpuMicros: 1 });
    const table = comparedTable(
      [
        { label: "one", samples: [1, 4, 2].map(sampleOf) },
        { label: "other", base: "one", samples: [2, 2, 2].map(sampleOf) },
      ],
      [{ name: "rows/s", of: ({ rows, seconds }) => rows / seconds }],
    );
    assert.match(table, /^\| one +\| +5 \| +\| +\| +\|$/m);
    assert.match(table, /^\| other +\| +5 \| +1\.00 \| +0\.50 \| +2\.00 \|$/m);
  });

  it("have figures and a picture for everything that they measure", async () => {
    const figures = await measureLedger(bench, { rounds: 1, quick: true, scale: () => 100 });
    const section = ledgerSection(figures);
    assert.doesNotMatch(section, /NaN|undefined|Infinity/);
    const pictures = ledgerPictures(figures);
    const named = [...section.matchAll(/\]\((.*?\.svg)\)/g)].map(([, name]) => name!);
    assert.deepEqual(named, Object.keys(pictures));
    for (const name of named) {
      assert.match(pictures[name]!, /^<svg/, name);
    }
    for (const line of ["pg, prepared INSERT", "insert(), ledger: true", "source.send()", "64 "]) {
      assert.ok(section.includes(`| ${line}`), line);
    }
    assert.match(ledgerRatios(figures), /^\| insert\(\), ledger: true .* \d+\.\d\d \|$/m);
  });
});
