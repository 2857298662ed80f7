import { setTimeout as sleep } from "node:timers/promises";

/** Waits until the condition holds; fails after five seconds, or as many as are given. */
export async function eventually(
  condition: () => boolean | Promise<boolean>,
  what: string,
  seconds = 5,
): Promise<void> {
  const end = Date.now() + seconds * 1000;
  while (!(await condition())) {
    if (Date.now() > end) {
      throw new Error(`waited ${seconds} s in vain until ${what}`);
    }
    await sleep(5);
  }
}
