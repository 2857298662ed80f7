import type { LedgerFigures } from "../report/results.js";
import type { Bench } from "../run/bench.js";
import { measureLone } from "./ledger-lone.js";
import { measureOldSnapshot } from "./ledger-old-snapshot.js";
import { measureRates } from "./ledger-rates.js";
import { measureSources } from "./ledger-sources.js";
import type { PartPlan } from "./part-plan.js";

/** What the ledger costs: in a round trip, in rows per second, with many sources, and with old versions. */
export async function measureLedger(bench: Bench, plan: PartPlan): Promise<LedgerFigures> {
  return {
    lone: await measureLone(bench, plan),
    rates: await measureRates(bench, plan),
    sources: await measureSources(bench, plan),
    oldSnapshot: await measureOldSnapshot(bench, plan),
  };
}
