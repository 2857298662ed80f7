import type { Options } from "../contenders/job.js";
import type { Bench, Run } from "../run/bench.js";
import { withoutSources } from "../run/beside-ledger.js";
import type { SpoolFolder } from "../run/spool-folder.js";
import { LEDGER } from "../workloads/ledger.js";

/** A run that has its spool in the folder, and must leave nothing: no file, and no source in the ledger. */
export function spoolRun(
  bench: Bench,
  folder: SpoolFolder,
  { options, ...run }: Run & { readonly options: Options },
): Run {
  return {
    ...run,
    options: { ...options, ledger: 1 },
    ledger: withoutSources(),
    folder: folder.path,
    verify: async () => {
      await folder.verifyEmpty();
      await verifyNoSource(bench);
    },
  };
}

async function verifyNoSource({ database }: Bench): Promise<void> {
  const { rows } = await database.client.query<{ source: string }>(
    `SELECT source FROM ${LEDGER} WHERE source LIKE 'spool/%'`,
  );
  if (rows.length > 0) {
    throw new Error(`the ledger still has ${rows.map(({ source }) => source).join(", ")}`);
  }
}
