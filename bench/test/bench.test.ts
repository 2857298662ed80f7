import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";

import { contenders } from "../dist/contenders/registry.js";
import { Bench, type Run } from "../dist/run/bench.js";
import { DelayingProxy } from "../dist/run/delaying-proxy.js";
import { findTools, whyNot } from "../dist/run/tools.js";
import { workloads } from "../dist/workloads/registry.js";
import { qualifiedName, SCHEMA } from "../dist/workloads/workload.js";

const ROWS = 50;
const metrics = workloads[0]!;

describe("the bench", () => {
  let bench: Bench;
  before(async () => {
    bench = await Bench.open({
      tools: findTools(),
      nodeFlags: [],
      signal: new AbortController().signal,
    });
  });
  after(() => bench.close());

  const run = (given: Partial<Run>) =>
    bench.run({ implementation: "send-many", workload: metrics.name, rows: ROWS, ...given });

  /** Lets a trigger do something to the rows on their way into the table. */
  const meddle = async (statement: string, work: () => Promise<void>): Promise<void> => {
    await run({});
    await bench.database.client.query(
      `CREATE FUNCTION ${SCHEMA}.meddle() RETURNS trigger LANGUAGE plpgsql AS
         $$ BEGIN ${statement} RETURN new; END $$;
       CREATE TRIGGER meddle BEFORE INSERT ON ${qualifiedName(metrics)}
         FOR EACH ROW EXECUTE FUNCTION ${SCHEMA}.meddle()`,
    );
    await work();
    await bench.database.client.query(`DROP FUNCTION ${SCHEMA}.meddle CASCADE`);
  };

  for (const contender of contenders) {
    it(`finds the rows of ${contender.id} in the table`, async (context) => {
      const reason = whyNot(contender, bench.tools);
      if (reason !== undefined) {
        context.skip(reason);
        return;
      }
      const { implementation, options } = contender;
      const sample = await run({ implementation, options });
      assert.equal(sample.rows, ROWS);
      assert.ok(sample.seconds > 0 && sample.seconds < 60);
    });
  }

  for (const workload of workloads) {
    it(`finds the same rows of ${workload.name}, whether sent as binary, text or parameters`, async () => {
      for (const implementation of ["send-many", "pg-copy-streams-text", "pg-insert", "socket"]) {
        await run({ implementation, workload: workload.name });
      }
    });
  }

  it("has no figure for a contender that lost a row", async () => {
    await meddle("IF new.latency_ms % 10 = 0 THEN RETURN NULL; END IF;", async () => {
      await assert.rejects(run({}), /the table metrics has \d+ rows instead of 50/);
    });
  });

  it("has no figure for a contender that changed a row", async () => {
    await meddle("IF new.latency_ms % 10 = 0 THEN new.url := 'other'; END IF;", async () => {
      await assert.rejects(
        run({}),
        /the table metrics has 50 rows, but their contents differ from what was sent/,
      );
    });
  });

  it("says why a contender failed", async () => {
    const away = run({ databaseUrl: "postgres://localhost:1/nowhere" });
    await assert.rejects(away, /ConnectError|ECONNREFUSED/);
  });

  it("delays both ways of a round trip", async () => {
    const url = process.env["DATABASE_URL"] ?? "";
    const proxy = await DelayingProxy.open(url, 20);
    const sample = await run({
      implementation: "pg-insert",
      rows: 10,
      databaseUrl: proxy.urlFor(url),
    });
    await proxy.close();
    assert.ok(sample.seconds > 10 * 0.02, `${sample.seconds} s`);
  });
});
