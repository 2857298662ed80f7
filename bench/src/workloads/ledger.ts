import { SCHEMA } from "./workload.js";

/** The ledger of all runs that have one. It is in the schema of the tables. */
export const LEDGER = `${SCHEMA}.ledger`;

/** The name of a source of the benchmarks, by its number. */
export function sourceName(number: number): string {
  return `bench/${number}`;
}

/** How many rows a source sends, if row `n` comes from source `n % sources`. */
export function rowsOfSource(number: number, sources: number, rows: number): number {
  return Math.floor((rows + sources - 1 - number) / sources);
}
