import { BatchCopyError, SpoolError } from "../errors.js";
import type { OwnSource, SourceHooks } from "../source/own-source.js";
import type { SpooledTarget } from "./spooled-target.js";

/** A source whose rows are in a spool. */
export interface SpooledSource {
  readonly name: string;
  /** Whether it is noted on disk that the ledger has it. */
  readonly wasClaimed: boolean;
  readonly onLost: SourceHooks["onLost"];
}

/**
 * Claims a source whose rows are written to a table.
 *
 * @throws SpoolError if the ledger has known the source, and does not any more
 */
export async function claimSpooledSource(
  { claim }: Pick<SpooledTarget, "claim">,
  { name, wasClaimed, onLost }: SpooledSource,
): Promise<OwnSource> {
  const wanted = { name, start: wasClaimed ? undefined : 0n, isDurable: true };
  const hooks = { onLost, refuseWaiting: () => false, warn: noop, keepsRows: true };
  try {
    return await claim(wanted, hooks);
  } catch (error) {
    throw error instanceof BatchCopyError && error.code === "SOURCE_UNKNOWN"
      ? new SpoolError(
          `the ledger has forgotten the source ${name}: nobody knows which of its rows are in the table. Insert its row into the ledger again; its position is the number of its rows that are in the table`,
          { cause: error },
        )
      : error;
  }
}

function noop(): void {}
