import type { Options } from "../contenders/job.js";
import type { SnapshotFigures } from "../report/results.js";
import type { Bench } from "../run/bench.js";
import { sourcesInTurn, withoutSources, type LedgerOf } from "../run/beside-ledger.js";
import { besideOldSnapshot } from "../run/old-snapshot.js";
import { metricsWorkload } from "../workloads/metrics.js";
import { measureInTurn, type Compared } from "./in-turn.js";
import type { PartPlan } from "./part-plan.js";

const TRANSACTIONS = 50_000;
/** Parts of two thousand transactions, so that a median stands for each. */
const PARTS = 25;

/** A row a transaction, while versions of the ledger's rows gather that must not be removed. */
export async function measureOldSnapshot(
  bench: Bench,
  { rounds, scale }: PartPlan,
): Promise<SnapshotFigures> {
  const rows = Math.min(TRANSACTIONS, scale(TRANSACTIONS));
  const comparedOf = (
    label: string,
    implementation: string,
    options: Options,
    ledger: LedgerOf = withoutSources(),
  ): Compared => ({
    label,
    run: {
      implementation,
      workload: metricsWorkload.name,
      rows,
      options: { ...options, connections: 1, courseParts: PARTS },
      ledger,
    },
  });
  const source = comparedOf("a source", "source-lone", { ledger: 1 }, sourcesInTurn(1));
  const ledger = comparedOf("ledger: true", "insert", { ledger: 1 });
  const compared: readonly Compared[] = [
    { ...source, beside: besideOldSnapshot },
    { ...ledger, beside: besideOldSnapshot },
    { ...comparedOf("transaction ids", "insert", {}), beside: besideOldSnapshot },
    { ...source, label: `${source.label}, no old snapshot` },
    { ...ledger, label: `${ledger.label}, no old snapshot` },
  ];
  return { transactions: rows, lines: await measureInTurn(bench, compared, rounds) };
}
