import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

import { Copier } from "../../dist/index.js";
import { useDatabase } from "../helpers/database.js";
import {
  counted,
  countedAndRefused,
  counterTable,
  latest,
  type Counter,
} from "../helpers/fault/counter-table.js";
import { chooseSeed, extent, tell } from "../helpers/fault/extent.js";
import { FaultProxy } from "../helpers/fault/fault-proxy.js";
import { tally } from "../helpers/fault/tally.js";
import {
  counterProblems,
  counterSink,
  isRefusedUnit,
} from "../helpers/source-faults/counter-sink.js";
import { SOURCE_OPTIONS } from "../helpers/source-faults/sink.js";
import { SourceReader } from "../helpers/source-faults/source-reader.js";
import { positionOf, SPAN } from "../helpers/source-faults/unit.js";
import { zombiePlan } from "../helpers/source-faults/zombie-plan.js";

const db = useDatabase();
const SOURCES = 2;

describe("connections that are cut while sources are upserted", () => {
  for (const [n, kind] of [counted, countedAndRefused, latest].entries()) {
    it(`lose no write, apply none twice, and keep the order of rows ${kind.what}`, async (test) => {
      const seed = chooseSeed();
      const cuts = extent("FAULT_SOURCE_UPSERT_CUTS", { daily: 15, long: 500 });
      const name = `counters_${n}`;
      await db.pool.query(kind.ddl.replaceAll("{t}", `${db.schema}.${name}`));
      await using proxy = await FaultProxy.start();
      let wronglyRefused = 0;
      const copier = await Copier.connect(counterTable(name, db.schema), {
        ...SOURCE_OPTIONS,
        databaseUrl: proxy.url,
        connections: 3,
        ledger: { table: `${db.schema}.ledger` },
        onConflict: kind.onConflict(name),
        onReject: ({ row }) => {
          wronglyRefused += kind.refuses && isRefusedUnit(positionOf(Number(row.number))) ? 0 : 1;
        },
      });
      const readers = Array.from({ length: SOURCES }, (_, index) => {
        const open = counterSink(copier, `${name}/${index}`, index * SPAN);
        return new SourceReader(open, { enter: () => {}, seed: seed + index });
      });
      proxy.plan((connection) => zombiePlan(seed, connection));
      proxy.strike("cut");
      const running = readers.map((reader) => reader.run());
      while (proxy.faults.length < cuts) {
        await sleep(10);
      }
      proxy.plan(() => undefined);
      readers.forEach((reader) => reader.stop());
      const ends = await Promise.all(running);
      await copier.close();
      const found = await db.rows<Counter>(`SELECT * FROM ${db.schema}.${name}`);
      const problems = ends.flatMap((end, index) =>
        counterProblems(found, kind, { start: index * SPAN, end: end! }),
      );
      tally({ cuts: proxy.faults.length, problems: problems.length });
      const { inDoubtCommitted, inDoubtAborted } = copier.stats;
      const summary =
        `${proxy.faults.length} cuts, ${ends.map((end, index) => end! - index * SPAN).join(" and ")} positions; ` +
        `in doubt: ${inDoubtCommitted} committed, ${inDoubtAborted} aborted; FAULT_SEED=${seed}`;
      test.diagnostic(summary);
      tell(summary);
      assert.deepEqual(problems, []);
      assert.equal(wronglyRefused, 0);
    });
  }
});
