/** A clock that all threads share; `performance.now()` has another origin in each. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
