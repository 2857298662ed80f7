import type { MaxRejects } from "./load-options.js";
import { shown } from "./option-values.js";
import { UsageError } from "./usage-error.js";

/** Checks `--max-rejects`: `100` rows, or `0.5%` of the records. */
export function readMaxRejects(text: string | undefined): MaxRejects | undefined {
  if (text === undefined) {
    return undefined;
  }
  const [, digits, isPercent] = /^(\d+(?:\.\d+)?)(%?)$/.exec(text) ?? [];
  const value = Number(digits);
  if (isPercent === "%" && value <= 100) {
    return { percent: value };
  }
  if (isPercent === "" && Number.isSafeInteger(value)) {
    return { rows: value };
  }
  throw new UsageError(
    `--max-rejects must be a number of rows, such as 100, or a percentage, such as 0.5%, got ${shown(text)}`,
  );
}
