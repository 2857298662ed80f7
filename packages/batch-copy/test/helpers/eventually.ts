import { setTimeout as sleep } from "node:timers/promises";

/** Waits until the condition holds; fails after five seconds. */
export async function eventually(
  condition: () => boolean | Promise<boolean>,
  what: string,
): Promise<void> {
  const end = Date.now() + 5000;
  while (!(await condition())) {
    if (Date.now() > end) {
      throw new Error(`waited 5 s in vain until ${what}`);
    }
    await sleep(5);
  }
}
