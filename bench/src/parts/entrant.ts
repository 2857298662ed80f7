import type { Contender } from "../contenders/contender.js";
import type { Figure } from "../report/results.js";
import type { Sample } from "../run/sample.js";

/** A contender that takes part, while its samples gather. */
export interface Entrant {
  readonly contender: Pick<Contender, "id" | "label" | "group" | "skips">;
  readonly rows: number;
  readonly samples: Sample[];
  /** Why it is not measured. */
  failure: string | undefined;
  run(): Promise<Sample>;
}

/** One that has failed is not asked again. */
export async function takeTurn(entrant: Entrant, signal: AbortSignal): Promise<void> {
  if (entrant.failure !== undefined) return;
  try {
    entrant.samples.push(await entrant.run());
  } catch (error) {
    signal.throwIfAborted();
    entrant.failure = error instanceof Error ? error.message : String(error);
  }
}

export function figureOf({ contender, rows, samples, failure }: Entrant): Figure {
  const { id, label, group, skips } = contender;
  return {
    contender: id,
    label,
    group,
    ...(skips === undefined ? {} : { skips }),
    rows,
    ...(failure === undefined ? { samples } : { samples: [], failure }),
  };
}
