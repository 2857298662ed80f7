import type { Rejection } from "batch-copy";

import type { LoadOptions } from "../options/load-options.js";
import type { FieldPlan } from "./field-plan.js";

/** Memory for encoded rows that are not committed, in bytes. The file's own bytes are kept beside them. */
const MAX_BUFFERED_BYTES = 24 * 2 ** 20;

/** Milliseconds for which a server that is away is waited for. */
const RETRY_MS = 60_000;

/** How the table is written to. A dry run has no ledger, because connecting creates it. */
export function copierOptions(
  plan: FieldPlan,
  options: LoadOptions,
  onReject?: (rejection: Rejection) => Promise<void>,
) {
  const { batchRows, connections, databaseUrl, dryRun, key, ledger, onConflict } = options;
  const update: "all" | "nothing" = onConflict === "update" ? "all" : "nothing";
  return {
    columns: plan.columns.map(({ name }) => name) as never[],
    databaseUrl,
    connections,
    maxBatchRows: batchRows,
    maxBufferedBytes: MAX_BUFFERED_BYTES,
    retry: { timeoutMs: RETRY_MS },
    ...(onReject !== undefined && { onReject }),
    ...(ledger !== undefined && !dryRun && { ledger: { table: ledger } }),
    ...(onConflict !== undefined && {
      onConflict: { update, ...(key !== undefined && { columns: key as never[] }) },
    }),
  };
}
