import { inspect } from "node:util";

import { invalid } from "./invalid-option.js";

/**
 * Checks the options of a call.
 *
 * @param call such as `insert()`
 * @param names of the options that it has
 * @throws BatchCopyError with code `INVALID_OPTION` for anything else, such as a bare signal
 */
export function checkCallOptions(call: string, options: unknown, names: readonly string[]): void {
  const taken = `${call} takes { ${names.join(", ")} }`;
  if (typeof options !== "object" || options === null) {
    throw invalid(`${taken}, got ${inspect(options)}`);
  }
  if ("aborted" in options) {
    throw invalid(`${taken}, got a signal: pass it as { signal }`);
  }
  const unknown = Object.keys(options).find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw invalid(`Unknown option ${JSON.stringify(unknown)}: ${taken}`);
  }
}
