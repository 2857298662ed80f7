import { BatchCopyError, Copier } from "batch-copy";

import type { LoadOptions } from "../options/load-options.js";
import { UsageError } from "../options/usage-error.js";
import { copierOptions } from "./copier-options.js";
import type { FieldPlan } from "./field-plan.js";
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
    checkKey(plan, options);
    const copier = await connect(plan, options);
    await copier.close();
  }
}

function checkKey({ columns }: FieldPlan, { key = [] }: LoadOptions): void {
  const names = columns.map(({ name }) => name);
  const other = key.find((name) => !names.includes(name));
  if (other !== undefined) {
    throw new UsageError(
      `--key names the column ${JSON.stringify(other)}, which the file does not fill. It fills ${names.join(", ")}`,
    );
  }
}

async function connect(plan: FieldPlan, options: LoadOptions): Promise<Copier<object>> {
  try {
    return await Copier.connect<object>(options.into, copierOptions(plan, options));
  } catch (error) {
    throw error instanceof BatchCopyError && error.message.includes("onConflict")
      ? new UsageError(inOptionsOfCommand(error.message), { cause: error })
      : error;
  }
}

/** The library names its own options. */
function inOptionsOfCommand(message: string): string {
  return message
    .replace(
      /partial, [^)]*onConflict\.predicate: its condition/g,
      "partial, which is not supported",
    )
    .replace(/onConflict\.columns: (\[.*?\])/g, (_, columns: string) => {
      return `--key ${(JSON.parse(columns) as string[]).join(",")}`;
    })
    .replaceAll("onConflict", "--on-conflict");
}
