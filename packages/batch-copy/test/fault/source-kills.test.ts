import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";

import { useDatabase } from "../helpers/database.js";
import { chooseSeed, extent, tell } from "../helpers/fault/extent.js";
import { FaultProxy } from "../helpers/fault/fault-proxy.js";
import { tally } from "../helpers/fault/tally.js";
import { ProcessChaos } from "../helpers/source-faults/process-chaos.js";
import type { ReaderProcess } from "../helpers/source-faults/reader-process.js";
import { ddlOf } from "../helpers/source-faults/source-run.js";
import { open, picky, type SourceTableKind } from "../helpers/source-faults/source-tables.js";
import { zombiePlan } from "../helpers/source-faults/zombie-plan.js";

const db = useDatabase();

/** Where processes write, and through what. */
interface Case {
  readonly kind: SourceTableKind;
  readonly tables: readonly string[];
  readonly hasLetters?: boolean;
  readonly isEncoded?: boolean;
}

const CASES: Readonly<Record<string, Case>> = {
  "a table without a key": { kind: open, tables: ["plain"] },
  "a table that refuses rows": { kind: picky, tables: ["picky"] },
  "a table that gets blocks of encoded rows": { kind: picky, tables: ["encoded"], isEncoded: true },
  "two tables of a group that keep dead letters": {
    kind: picky,
    tables: ["first", "second"],
    hasLetters: true,
  },
};

/** Lets trouble befall processes that read a source through a proxy, and compares what they wrote. */
async function survive(
  test: TestContext,
  { kind, tables, isEncoded, hasLetters = false }: Case,
  trouble: (chaos: ProcessChaos) => Promise<ReaderProcess>,
): Promise<void> {
  const seed = chooseSeed();
  const { schema } = db;
  await db.pool.query(ddlOf({ kind, tables, schema }));
  await using proxy = await FaultProxy.start((connection) =>
    zombiePlan(seed, connection, ["stall", "abandon"]),
  );
  await using chaos = await ProcessChaos.create({
    kind,
    source: "killed",
    writing: {
      tables,
      isEncoded,
      schema,
      ledger: `${schema}.ledger_of_${tables[0]}`,
      letters: hasLetters ? `${schema}.letters_of_${tables[0]}` : undefined,
      options: { databaseUrl: proxy.url },
    },
    seed,
  });
  const last = await trouble(chaos);
  proxy.plan(() => undefined);
  await chaos.finish(last);
  await proxy.close();
  await proxy.untilServerHasNoticed(db.pool);
  const { problems, books, runs } = await chaos.judge((sql) => db.rows(sql));
  const { opened, rejections, fenced } = books.counts;
  tally({ cuts: proxy.faults.length, clientKills: runs - 1 - fenced, problems: problems.length });
  const summary =
    `${runs} processes, ${fenced} fenced, ${opened} times opened; ${proxy.faults.length} cuts and stalls; ` +
    `${books.audited} positions, ${rejections} rejections; FAULT_SEED=${seed}`;
  test.diagnostic(summary);
  tell(summary);
  assert.deepEqual(problems, []);
}

describe("processes that read a source through connections that are cut or late", () => {
  for (const [what, options] of Object.entries(CASES)) {
    it(`may be killed at any moment: no row is lost, doubled or refused falsely in ${what}`, async (test) => {
      const kills = extent("FAULT_CLIENT_KILLS", { daily: 3, long: 80 });
      await survive(test, options, async (chaos) => {
        for (let kill = 0; kill < kills; kill++) {
          const process = chaos.start();
          await chaos.work(process);
          await chaos.kill(process);
        }
        return chaos.start();
      });
    });

    it(`may take it from each other, though some are stopped and go on: ${what}`, async (test) => {
      const turns = extent("FAULT_TURNS", { daily: 2, long: 60 });
      const named = { ...options, tables: options.tables.map((name) => `${name}_in_turn`) };
      await survive(test, named, async (chaos) => {
        return chaos.takeTurns(turns);
      });
    });
  }
});
