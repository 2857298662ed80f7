import { setImmediate } from "node:timers/promises";

/**
 * Collects what is thrown in turns of its own while the work goes on, as an application does that
 * listens to `uncaughtException`.
 */
export async function collectUncaught(work: () => Promise<void>): Promise<Error[]> {
  const collected: Error[] = [];
  const collect = (error: Error): void => void collected.push(error);
  const others = process.listeners("uncaughtException");
  process.removeAllListeners("uncaughtException");
  process.on("uncaughtException", collect);
  try {
    await work();
    await setImmediate();
  } finally {
    process.off("uncaughtException", collect);
    others.forEach((listener) => process.on("uncaughtException", listener));
  }
  return collected;
}
