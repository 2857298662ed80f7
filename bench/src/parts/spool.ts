import type { SpoolFigures } from "../report/results.js";
import type { Bench } from "../run/bench.js";
import { SpoolFolder } from "../run/spool-folder.js";
import type { PartPlan } from "./part-plan.js";
import { measureOutage } from "./spool-outage.js";
import { measureWays } from "./spool-ways.js";

/** What the spool costs, and how fast it is written when the table could not be written to. */
export async function measureSpool(bench: Bench, plan: PartPlan): Promise<SpoolFigures> {
  const folder = await SpoolFolder.create(bench.database);
  try {
    return {
      disk: folder.disk,
      ways: await measureWays(bench, folder, plan),
      outage: await measureOutage(bench, folder, plan),
    };
  } finally {
    await folder.remove();
  }
}
