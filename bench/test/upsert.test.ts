import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";

import { upserters, type Upserter } from "../dist/contenders/upserters.js";
import { measureUpsert } from "../dist/parts/upsert.js";
import { upsertRatios } from "../dist/report/upsert-ratios.js";
import { upsertPictures, upsertSection } from "../dist/report/upsert-section.js";
import { Bench, type UpsertsRun } from "../dist/run/bench.js";
import type { Sample } from "../dist/run/sample.js";
import { findTools, whyNot } from "../dist/run/tools.js";
import { workloadNamed } from "../dist/workloads/registry.js";
import { SCHEMA } from "../dist/workloads/workload.js";
import { useOwnDatabase } from "./own-database.js";

const STORED = 70;
const ROWS = 60;

useOwnDatabase();

describe("the benchmarks of upserts", () => {
  let bench: Bench;
  before(async () => {
    bench = await Bench.open({
      tools: findTools(),
      nodeFlags: [],
      signal: new AbortController().signal,
    });
  });
  after(() => bench.close());

  const run = (
    { implementation, table, options }: Upserter,
    given: Partial<UpsertsRun> = {},
  ): Promise<Sample> =>
    bench.runUpserts({
      implementation,
      table,
      options: { ...options, batchRows: 20 },
      percent: 50,
      stored: STORED,
      rows: ROWS,
      ...given,
    });

  const unnest = upserters.find(({ id }) => id === "upsert-unnest")!;

  /** Lets a trigger do something to the rows on their way into the table; the run must fail for it. */
  const refuses = async (
    statement: string,
    reason: RegExp,
    upserter: Upserter = unnest,
  ): Promise<void> => {
    await run(unnest);
    await bench.database.client.query(
      `CREATE FUNCTION ${SCHEMA}.meddle() RETURNS trigger LANGUAGE plpgsql AS
         $$ BEGIN ${statement} RETURN new; END $$;
       CREATE TRIGGER meddle BEFORE INSERT OR UPDATE ON ${SCHEMA}.upserts
         FOR EACH ROW EXECUTE FUNCTION ${SCHEMA}.meddle()`,
    );
    await assert.rejects(run(upserter), reason);
    await bench.database.client.query(`DROP FUNCTION ${SCHEMA}.meddle CASCADE`);
  };

  for (const upserter of upserters) {
    it(`find what single INSERTs would have left after ${upserter.id}`, async (context) => {
      const reason = whyNot(upserter, bench.tools);
      if (reason !== undefined) {
        context.skip(reason);
        return;
      }
      for (const percent of upserter.upserts ? [0, 50, 100] : [0]) {
        const sample = await run(upserter, { percent });
        assert.equal(sample.rows, ROWS);
        assert.ok(sample.seconds > 0 && sample.seconds < 60);
        assert.ok(sample.batches === undefined || sample.batches === ROWS / 20);
      }
    });
  }

  it("have no figure for a contender that lost a new row", async () => {
    await refuses(
      `IF tg_op = 'INSERT' AND new.id > ${STORED + 20} THEN RETURN NULL; END IF;`,
      /the table upserts has 91 rows instead of 100/,
    );
  });

  it("have no figure for a contender that left a stored row as it was", async () => {
    await refuses(
      "IF tg_op = 'UPDATE' AND new.id < 3 THEN RETURN NULL; END IF;",
      /the table upserts has 100 rows, but their contents differ/,
    );
  });

  it("have no figure for a copier that writes in another form than they say", async () => {
    const merge = upserters.find(({ id }) => id === "upsert-merge")!;
    await refuses("", /the copier's form of writing is loop instead of merge/, merge);
  });

  it("send each key once, and as many stored ones as they say", () => {
    for (const [percent, hits] of [
      [0, 0],
      [50, 100],
      [100, 200],
    ]) {
      const workload = workloadNamed(`upserts:${percent}:200`);
      const ids = Array.from({ length: 200 }, (_, n) => Number(workload.row(n)["id"]));
      assert.equal(new Set(ids).size, 200);
      assert.equal(ids.filter((id) => id < 200).length, hits);
    }
  });

  it("divide a batch that has too many parameters for one statement", async () => {
    for (const id of ["upsert-multi-row", "upsert-kysely", "upsert-drizzle"]) {
      const upserter = upserters.find((each) => each.id === id)!;
      const options = { connections: 1, batchRows: 6000 };
      const { rows } = await run(upserter, { stored: 6000, rows: 6000, options });
      assert.equal(rows, 6000);
    }
  });

  it("have figures and a picture for everything that they measure", async () => {
    const figures = await measureUpsert(bench, {
      upserters,
      rounds: 1,
      quick: true,
      scale: () => 100,
    });
    assert.deepEqual(
      figures.levels.map(({ percent, sizes }) => [percent, sizes.map((size) => size.batchRows)]),
      [
        [0, [100]],
        [50, [100]],
        [100, [100]],
      ],
    );
    const section = upsertSection(figures);
    assert.doesNotMatch(section, /NaN|undefined|Infinity|Not measured/);
    const pictures = upsertPictures(figures);
    const named = [...section.matchAll(/\]\((.*?\.svg)\)/g)].map(([, name]) => name!);
    assert.deepEqual(named, Object.keys(pictures));
    for (const name of named) {
      assert.match(pictures[name]!, /^<svg/, name);
    }
    for (const { label } of upserters) {
      assert.ok(section.includes(label), label);
    }
    assert.match(upsertRatios(figures), /^\| 100 % .* \d+\.\d\d \|.* \d+\.\d\d \|/m);
  });
});
