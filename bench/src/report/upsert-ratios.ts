import { LOOP, MERGE, UNNEST, upserters } from "../contenders/upserters.js";
import { formatRatio } from "./format.js";
import { rateOf } from "./limit.js";
import type { Figure, UpsertFigures } from "./results.js";
import { markdownTable } from "./table.js";

const COUNT = new Intl.NumberFormat("en-US");

/** The fast form beside INSERT of unnested arrays, the form row by row beside the fast one. */
export function upsertRatios({ levels }: UpsertFigures): string {
  const rows = levels.flatMap(({ percent, sizes }) =>
    sizes.map(({ batchRows, figures }) => [
      `${percent} %`,
      COUNT.format(batchRows),
      ratioOf(figures, MERGE, UNNEST),
      ratioOf(figures, LOOP, MERGE),
      fastestOf(figures),
    ]),
  );
  return markdownTable(
    [
      "conflicts",
      "rows per batch",
      "onConflict / unnest",
      "row by row / onConflict",
      "the fastest",
    ],
    rows,
  );
}

export function figureOf(figures: readonly Figure[], id: string): Figure | undefined {
  return figures.find(({ contender }) => contender === id);
}

function ratioOf(figures: readonly Figure[], id: string, of: string): string {
  const [rate, other] = [id, of].map((each) => rateOf(figureOf(figures, each)));
  return rate === undefined || other === undefined ? "" : formatRatio(rate / other);
}

/** Of those that take rows whose keys are stored, and encode them. */
function fastestOf(figures: readonly Figure[]): string {
  const taking = upserters.filter(({ upserts, group }) => upserts && group !== "limit");
  const rates = taking.map(({ id, label }) => ({
    label,
    rate: rateOf(figureOf(figures, id)) ?? 0,
  }));
  return rates.toSorted((one, other) => other.rate - one.rate)[0]!.label;
}
