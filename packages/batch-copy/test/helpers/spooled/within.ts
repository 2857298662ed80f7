import { setTimeout as sleep } from "node:timers/promises";

/** Fails if the promise is not settled in time: a timer keeps the process alive for that long. */
export async function within<T>(seconds: number, promise: Promise<T>, what: string): Promise<T> {
  const control = new AbortController();
  const late = sleep(seconds * 1000, undefined, { signal: control.signal }).then(() => {
    throw new Error(`${what} has taken more than ${seconds} s`);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    late.catch(() => {});
    control.abort();
  }
}
