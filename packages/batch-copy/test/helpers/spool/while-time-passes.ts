import { setTimeout as sleep } from "node:timers/promises";

import type { FakeClock } from "../fake-clock.js";

/** Lets time pass, a second at a time, until the work is done; the disk is a real one. */
export async function whileTimePasses<Result>(
  clock: FakeClock,
  work: Promise<Result>,
): Promise<Result> {
  const isOver = follow(work);
  while (!isOver()) {
    await sleep(1);
    clock.pass(1000);
  }
  return work;
}

/** Lets time pass until the condition holds; true if the work is not done then. */
export async function isWaitingWhen(
  condition: () => boolean,
  clock: FakeClock,
  work: Promise<unknown>,
): Promise<boolean> {
  const isOver = follow(work);
  while (!condition() && !isOver()) {
    // In this order: when the condition holds, nothing has been set going by the time that has passed.
    clock.pass(1000);
    await sleep(1);
  }
  return !isOver();
}

/** Says whether work is done. */
function follow(work: Promise<unknown>): () => boolean {
  let isOver = false;
  const end = (): void => {
    isOver = true;
  };
  work.then(end, end);
  return () => isOver;
}
