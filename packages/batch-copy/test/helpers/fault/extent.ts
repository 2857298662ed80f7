/** `npm run test:faults` sets it; the other tests are those of every day. */
export const isLong: boolean = process.env["FAULTS"] === "long";

/** Prints what the long run tells of itself. */
export function tell(text: string): void {
  if (isLong) {
    console.log(text);
  }
}

/**
 * How much of something to do: as much as the environment variable says, or else by whether this is
 * the long run.
 */
export function extent(variable: string, { daily, long }: { daily: number; long: number }): number {
  return Number(process.env[variable] ?? (isLong ? long : daily));
}

/** The seed of random choices: FAULT_SEED, or another one each time. Tests print it. */
export function chooseSeed(): number {
  return Number(process.env["FAULT_SEED"] ?? Math.floor(Math.random() * 1_000_000));
}
