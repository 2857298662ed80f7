import { History } from "./history.js";

/** What many histories have shown. */
export interface Tally {
  histories: number;
  steps: number;
  crashes: number;
  acknowledged: number;
  rejected: number;
  inDoubt: number;
  delivered: number;
  rewrites: number;
  readonly flips: Record<"found" | "harmless" | "undetectable", number>;
  /** The first history that went wrong, step by step. */
  failure: string | undefined;
}

/** The last steps of a history that are told. */
const TOLD_STEPS = 400;

/** Plays histories of these numbers until one goes wrong. */
export async function playMany(first: number, count: number): Promise<Tally> {
  const tally: Tally = {
    histories: 0,
    steps: 0,
    crashes: 0,
    acknowledged: 0,
    rejected: 0,
    inDoubt: 0,
    delivered: 0,
    rewrites: 0,
    flips: { found: 0, harmless: 0, undetectable: 0 },
    failure: undefined,
  };
  for (let seed = first; seed < first + count && tally.failure === undefined; seed++) {
    const report = await new History(seed).play();
    tally.histories++;
    tally.steps += report.steps;
    tally.crashes += report.crashes;
    tally.acknowledged += report.acknowledged;
    tally.rejected += report.rejected;
    tally.inDoubt += report.inDoubt;
    tally.delivered += report.delivered;
    tally.rewrites += report.rewrites;
    if (report.flip !== undefined) {
      tally.flips[report.flip]++;
    }
    if (report.problems.length > 0) {
      tally.failure = await tellFailure(seed);
    }
  }
  return tally;
}

/** Plays it again, and tells what happens. */
async function tellFailure(seed: number): Promise<string> {
  const steps: string[] = [];
  const { problems } = await new History(seed, (what) => steps.push(what)).play();
  return [
    `history ${seed} (FAULT_SEED=${seed} SPOOL_HISTORIES=1):`,
    ...problems,
    ...steps.slice(-TOLD_STEPS),
  ].join("\n");
}
