import type { Options } from "../contenders/job.js";
import type { LoneFigures } from "../report/results.js";
import type { Bench } from "../run/bench.js";
import { sourcesInTurn, withoutSources, type LedgerOf } from "../run/beside-ledger.js";
import { PreciseProxy } from "../run/precise-proxy.js";
import { measureRoundTrip } from "../run/round-trip.js";
import { metricsWorkload } from "../workloads/metrics.js";
import { measureInTurn, type Compared } from "./in-turn.js";
import type { PartPlan } from "./part-plan.js";

/** By then the code of all contenders is compiled. */
const WARM_UP_ROWS = 3000;
const ROWS = 6000;
const ROUND_TRIP_MS = 1;
/** Differences are small, and seen only over many runs. */
const TURNS_PER_ROUND = 3;

const PREPARED = "pg, prepared INSERT";

/** One caller that waits for each row's commit, over one connection. */
export async function measureLone(bench: Bench, plan: PartPlan): Promise<LoneFigures[]> {
  const url = process.env["DATABASE_URL"] ?? "";
  const loopback = await measureWay(bench, plan, { way: "loopback", url });
  const proxy = await PreciseProxy.open(url, ROUND_TRIP_MS);
  try {
    const way = `a round trip of ${ROUND_TRIP_MS} ms`;
    return [loopback, await measureWay(bench, plan, { way, url: proxy.url })];
  } finally {
    await proxy.close();
  }
}

async function measureWay(
  bench: Bench,
  { rounds, quick, scale }: PartPlan,
  { way, url }: { readonly way: string; readonly url: string },
): Promise<LoneFigures> {
  const rows = Math.min(ROWS, scale(ROWS));
  const warmUpRows = Math.min(WARM_UP_ROWS, rows / 2);
  const comparedOf = (
    label: string,
    implementation: string,
    options: Options,
    ledger: LedgerOf = withoutSources(),
  ): Compared => ({
    label,
    ...(label !== PREPARED && { base: PREPARED }),
    run: {
      implementation,
      workload: metricsWorkload.name,
      rows,
      options: { connections: 1, warmUpRows, ...options },
      ledger,
      databaseUrl: url,
    },
  });
  const selectMs = await measureRoundTrip(url);
  console.error(`${way}: a prepared SELECT takes ${selectMs.toFixed(3)} ms`);
  const compared = [
    comparedOf(PREPARED, "insert-lone", { prepared: 1 }),
    comparedOf("pg, INSERT that is not prepared", "insert-lone", {}),
    comparedOf("insert(), transaction ids", "insert", {}),
    comparedOf("insert(), ledger: true", "insert", { ledger: 1 }),
    comparedOf("pg, its COPY and guard by hand", "guarded-copy", { ledger: 1 }, sourcesInTurn(1)),
    comparedOf("source.send() and flush()", "source-lone", { ledger: 1 }, sourcesInTurn(1)),
  ];
  return {
    way,
    selectMs,
    lines: await measureInTurn(bench, compared, quick ? rounds : rounds * TURNS_PER_ROUND),
  };
}
