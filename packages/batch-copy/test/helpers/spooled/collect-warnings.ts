import { setImmediate } from "node:timers/promises";

/** Collects the warnings of this process that match, while the work goes on. */
export async function collectWarnings(
  pattern: RegExp,
  work: (warnings: readonly string[]) => Promise<void>,
): Promise<readonly string[]> {
  const warnings: string[] = [];
  const collect = ({ message }: Error): void => {
    if (pattern.test(message)) {
      warnings.push(message);
    }
  };
  process.on("warning", collect);
  try {
    await work(warnings);
    await setImmediate();
  } finally {
    process.off("warning", collect);
  }
  return warnings;
}
