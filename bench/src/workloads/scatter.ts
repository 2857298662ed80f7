/** Fibonacci hashing: 32 bits that look random and depend only on the number. */
export function scatter(n: number): number {
  return Math.imul(n, 0x9e3779b1) >>> 0;
}

/** The choice that a number selects. */
export function pick<T>(choices: readonly T[], n: number): T {
  return choices[n % choices.length]!;
}
