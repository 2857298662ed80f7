import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";

import type { Options } from "../dist/contenders/job.js";
import { measureTables } from "../dist/parts/tables.js";
import { tablesPictures, tablesSection } from "../dist/report/tables-section.js";
import { Bench, type Run } from "../dist/run/bench.js";
import type { Sample } from "../dist/run/sample.js";
import { besideNeighbor, inTurn, type Divide } from "../dist/workloads/share.js";
import { SCHEMA } from "../dist/workloads/workload.js";
import { useOwnDatabase } from "./own-database.js";

const TABLES = 5;
const ROWS = 52;

useOwnDatabase();

describe("the benchmarks of many tables", () => {
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
      implementation: "group-send",
      workload: "metrics",
      rows: ROWS,
      options: { tables: TABLES, producers: 3 },
      divide: inTurn(TABLES),
      ...given,
    });

  /** Lets a trigger do something to the rows of one table; the run must fail for it. */
  const refuses = async (
    work: () => Promise<unknown>,
    { table, statement, reason }: { table: string; statement: string; reason: RegExp },
  ) => {
    await work();
    await bench.database.client.query(
      `CREATE FUNCTION ${SCHEMA}.meddle() RETURNS trigger LANGUAGE plpgsql AS
         $$ BEGIN ${statement} RETURN new; END $$;
       CREATE TRIGGER meddle BEFORE INSERT ON ${SCHEMA}.${table}
         FOR EACH ROW EXECUTE FUNCTION ${SCHEMA}.meddle()`,
    );
    await assert.rejects(work(), reason);
    await bench.database.client.query(`DROP FUNCTION ${SCHEMA}.meddle CASCADE`);
  };

  it("find the rows of each table in it, and count the batches", async () => {
    const { rows, batches } = await run();
    assert.equal(rows, ROWS);
    assert.equal(batches, TABLES);
  });

  it("have no figure if a row of one table is missing", async () => {
    const statement = "IF new.latency_ms % 10 = 0 THEN RETURN NULL; END IF;";
    const reason = /the table metrics_3 has \d rows instead of 10/;
    await refuses(run, { table: "metrics_3", statement, reason });
  });

  it("have no figure if a row of one table was changed", async () => {
    const statement = "IF new.latency_ms % 10 = 0 THEN new.url := 'other'; END IF;";
    const reason = /the table metrics_3 has 10 rows, but their contents differ/;
    await refuses(run, { table: "metrics_3", statement, reason });
  });

  it("have no figure if rows are in another table than they belong to", async () => {
    const exchanged: Divide = (workload, rows) => {
      const [one, other, ...more] = inTurn(TABLES)(workload, rows);
      const asOther = { ...one!.workload, table: other!.workload.table };
      const asOne = { ...other!.workload, table: one!.workload.table };
      return [{ ...one!, workload: asOther }, { ...other!, workload: asOne }, ...more];
    };
    await assert.rejects(run({ divide: exchanged }), /metrics_1 has 11 rows, but their contents/);
  });

  const besideLocked = (options: Options): Promise<Sample> =>
    run({
      implementation: "insert-beside",
      options: { neighborRows: 300, perSecond: 1000, locked: 1, ...options },
      divide: besideNeighbor(300),
    });

  it("find the rows of a locked table once it is unlocked", async () => {
    const beside = async () => {
      const { latencyMs } = await besideLocked({ maxBufferedBytes: 5000 });
      assert.ok(latencyMs!.p50 > 0);
    };
    const reason = /the table metrics_1 has 0 rows instead of 300/;
    await refuses(beside, { table: "metrics_1", statement: "RETURN NULL;", reason });
  });

  it("have no figure if nobody waits for the locked table", async () => {
    await assert.rejects(besideLocked({}), /300 rows do not fill the share of the locked table/);
  });

  it("measure what tables cost", async () => {
    const { tableCosts } = await run({
      implementation: "open-tables",
      options: { tables: 120 },
      divide: inTurn(120),
    });
    assert.equal(tableCosts?.tables, 119);
    assert.ok(tableCosts.openingMs > 0 && tableCosts.opened.heap > 0);
    assert.ok(tableCosts.used.heap > tableCosts.opened.heap / 2);
  });

  it("have figures and pictures for everything that they measure", async () => {
    const figures = await measureTables(bench, { rounds: 1, quick: true, scale: () => 500 });
    const section = tablesSection(figures);
    assert.doesNotMatch(section, /NaN|undefined|Infinity/);
    const pictures = tablesPictures(figures);
    for (const [, name] of section.matchAll(/\]\((.*?\.svg)\)/g)) {
      assert.match(pictures[name!] ?? "", /^<svg/, name);
    }
    assert.equal(section.match(/\.svg\)/g)?.length, Object.keys(pictures).length);
    for (const line of [
      "1 ",
      "10 ",
      "100 ",
      "undisturbed",
      "another table is locked",
      "camelCase",
    ]) {
      assert.ok(section.includes(`| ${line}`), line);
    }
  });
});
