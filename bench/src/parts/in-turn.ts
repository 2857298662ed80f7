import type { LabeledSamples } from "../report/results.js";
import type { Bench, Run } from "../run/bench.js";
import { Progress } from "../run/progress.js";
import type { Sample } from "../run/sample.js";

/** One of several runs that are compared with each other. */
export interface Compared extends Omit<LabeledSamples, "samples"> {
  readonly run: Run;
  /** What surrounds each run. @default nothing */
  readonly beside?: (work: () => Promise<Sample>) => Promise<Sample>;
}

/** The runs take turns. */
export async function measureInTurn(
  bench: Bench,
  compared: readonly Compared[],
  rounds: number,
): Promise<LabeledSamples[]> {
  const progress = new Progress(compared.length * rounds);
  const samples = compared.map(() => [] as Sample[]);
  for (let round = 1; round <= rounds; round++) {
    for (const [index, { label, run, beside = doing }] of compared.entries()) {
      progress.step(`round ${round} of ${rounds}: ${label}`);
      samples[index]!.push(await beside(() => bench.run(run)));
    }
  }
  progress.end();
  return compared.map(({ label, base }, index) => ({
    label,
    ...(base !== undefined && { base }),
    samples: samples[index]!,
  }));
}

function doing<T>(work: () => Promise<T>): Promise<T> {
  return work();
}
