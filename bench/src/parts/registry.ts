import type { Plan } from "../command.js";
import type { Results } from "../report/results.js";
import type { Bench } from "../run/bench.js";
import { measureCurves } from "./curves.js";
import { measureGuard } from "./guard.js";
import { measureLatency } from "./latency.js";
import { measureLedger } from "./ledger.js";
import { measureLoad } from "./load.js";
import { measureMemory } from "./memory.js";
import { measureSpool } from "./spool.js";
import { measureTables } from "./tables.js";
import { measureThroughput } from "./throughput.js";
import { measureUpsert } from "./upsert.js";

type Parts = { readonly [P in keyof Results]: (bench: Bench, plan: Plan) => Promise<Results[P]> };

/** How each part is measured. */
export const parts: Parts = {
  throughput: measureThroughput,
  latency: measureLatency,
  curves: measureCurves,
  memory: measureMemory,
  tables: measureTables,
  upsert: measureUpsert,
  ledger: measureLedger,
  spool: measureSpool,
  load: measureLoad,
  guard: measureGuard,
};
