/** Blocks the event loop, as a program does that compiles its modules. */
export function block(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end) {
    // Nothing else runs.
  }
}
