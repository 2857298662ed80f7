/** Fibonacci hashing: 32 bits that look random, and are the same for the same number. */
export function scatter(n: number): number {
  return Math.imul(n, 0x9e3779b1) >>> 0;
}

/** One of the choices, as a number decides. */
export function pick<T>(choices: readonly T[], n: number): T {
  return choices[n % choices.length]!;
}
