import * as Plot from "@observablehq/plot";

import { formatShort } from "../format.js";
import { limitOf, rateOf } from "../limit.js";
import type { WorkloadFigures } from "../results.js";
import { GROUP_COLORS } from "./colors.js";
import { svgOf } from "./svg.js";

const WIDTH = 860;
const BAR_HEIGHT = 22;
const MARGINS = { marginLeft: 290, marginRight: 60, marginTop: 44, marginBottom: 36 };

/** Rows per second of each contender; a rule shows the limit. */
export function drawBars(result: WorkloadFigures): string {
  const bars = result.figures.flatMap((figure) => {
    const rate = rateOf(figure);
    return rate === undefined
      ? []
      : [{ label: figure.label, rate, color: GROUP_COLORS[figure.group] }];
  });
  const limit = rateOf(limitOf(result));
  return svgOf({
    ...MARGINS,
    width: WIDTH,
    height: MARGINS.marginTop + MARGINS.marginBottom + bars.length * BAR_HEIGHT,
    x: { label: "rows/s", tickFormat: "~s", grid: true },
    y: { label: null, domain: bars.map(({ label }) => label) },
    marks: [
      Plot.barX(bars, { x: "rate", y: "label", fill: "color" }),
      Plot.text(bars, {
        x: "rate",
        y: "label",
        text: ({ rate }: { rate: number }) => formatShort(rate),
        textAnchor: "start",
        dx: 4,
      }),
      Plot.ruleX(limit === undefined ? [] : [limit], { strokeDasharray: "4 3" }),
      Plot.text([`${result.workload}: ${result.description}`], {
        frameAnchor: "top-left",
        text: (title: string) => title,
        dx: 4 - MARGINS.marginLeft,
        dy: -30,
        fontWeight: "bold",
      }),
    ],
  });
}
