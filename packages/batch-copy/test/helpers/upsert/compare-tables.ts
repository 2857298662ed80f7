import { EqualityRun, type EqualityPlan } from "./equality-run.js";
import type { TwinPlace } from "./twins.js";

/** Which tables to compare on. */
export interface TableNumbers {
  readonly first: number;
  readonly count: number;
}

/** What came of it. */
export interface EqualityReport {
  readonly tally: EqualityRun["tally"];
  /** The program that shows the first difference that was found. */
  readonly difference: string | undefined;
}

/** Compares on so many tables, the places side by side, until there is a difference. */
export async function compareTables(
  places: readonly TwinPlace[],
  plan: EqualityPlan,
  { first, count }: TableNumbers,
  onTable: (tally: EqualityRun["tally"]) => void = () => {},
): Promise<EqualityReport> {
  const run = new EqualityRun(plan);
  let next = first;
  let difference: string | undefined;
  async function work(place: TwinPlace): Promise<void> {
    while (next < first + count && difference === undefined) {
      const number = next++;
      const found = await run.compareTable(place, number).catch((error: unknown) => {
        throw new Error(`the comparison itself failed: FAULT_TABLE=${number}`, { cause: error });
      });
      difference ??= found;
      onTable(run.tally);
    }
  }
  await Promise.all(places.map(work));
  return { tally: run.tally, difference };
}
