import { Copier } from "batch-copy";

import type { LoadOptions } from "../options/load-options.js";
import { copierOptions } from "./copier-options.js";
import type { PreparedFile } from "./prepare-files.js";

/**
 * Connects to the table as the load of each file will, before anything is written.
 *
 * @throws what makes the table, its keys or the ledger unfit for these files and options
 */
export async function checkTarget(
  files: readonly PreparedFile[],
  options: LoadOptions,
): Promise<void> {
  const plans = new Map(
    files.map(({ plan }) => [JSON.stringify(plan.columns.map(({ name }) => name)), plan]),
  );
  for (const plan of plans.values()) {
    const copier = await Copier.connect<object>(options.into, copierOptions(plan, options));
    await copier.close();
  }
}
