import { setTimeout as sleep } from "node:timers/promises";

import type { FakeClock } from "../fake-clock.js";

/** Lets time pass, a second at a time, until the work is done; the disk is a real one. */
export async function whileTimePasses<Result>(
  clock: FakeClock,
  work: Promise<Result>,
): Promise<Result> {
  while (await isStillWaiting(clock, 1000, work)) {
    // Its time has passed.
  }
  return work;
}

/** Lets `milliseconds` pass; true if the work is not done then. */
export async function isStillWaiting(
  clock: FakeClock,
  milliseconds: number,
  work: Promise<unknown>,
): Promise<boolean> {
  let isWaiting = true;
  const end = (): void => {
    isWaiting = false;
  };
  work.then(end, end);
  for (let passed = 0; passed < milliseconds; passed += 1000) {
    await sleep(2);
    clock.pass(1000);
  }
  await sleep(2);
  return isWaiting;
}
