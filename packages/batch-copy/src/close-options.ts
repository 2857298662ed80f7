import { checkCallOptions } from "./call-options.js";
import { resolveTimeout } from "./options.js";
import { clearTimeout, setTimeout } from "./timers.js";

/** Options of `close()`. */
export interface CloseOptions {
  /**
   * Milliseconds after which `close()` gives up rows that are not committed yet.
   * @default Infinity
   */
  readonly timeoutMs?: number | undefined;
}

/**
 * The `timeoutMs` of a call of `close()`; undefined for no limit.
 *
 * @throws BatchCopyError with code `INVALID_OPTION`.
 */
export function closeTimeout(options: CloseOptions): number | undefined {
  checkCallOptions("close()", options, ["timeoutMs"]);
  return resolveTimeout("timeoutMs", options.timeoutMs);
}

/** Returns `closing`, and calls `giveUp` if it has not settled after `timeoutMs`. */
export function giveUpAfter(
  timeoutMs: number | undefined,
  closing: Promise<void>,
  giveUp: () => void,
): Promise<void> {
  if (timeoutMs !== undefined) {
    const timer = setTimeout(giveUp, timeoutMs);
    const cancel = (): void => clearTimeout(timer);
    closing.then(cancel, cancel);
  }
  return closing;
}
