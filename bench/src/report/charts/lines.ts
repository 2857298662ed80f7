import * as Plot from "@observablehq/plot";

import { LINE_COLORS } from "./colors.js";
import { svgOf } from "./svg.js";

const WIDTH = 760;
const HEIGHT = 340;
const MARGINS = { marginLeft: 60, marginRight: 190, marginTop: 40, marginBottom: 40 };

/** A picture of lines, each with its name at its end. */
export interface LineChart {
  readonly title: string;
  readonly x: Plot.ScaleOptions;
  readonly y: Plot.ScaleOptions;
  readonly lines: readonly { readonly label: string; readonly points: readonly Dot[] }[];
  /** Whether each point is marked. */
  readonly dotted: boolean;
}

interface Dot {
  readonly x: number;
  readonly y: number;
}

export function drawLines({ title, x, y, lines, dotted }: LineChart): string {
  return svgOf({
    ...MARGINS,
    width: WIDTH,
    height: HEIGHT,
    x: { grid: true, ...x },
    y: { grid: true, zero: true, ...y },
    marks: [
      ...lines.flatMap(({ label, points }, index) => {
        const color = LINE_COLORS[index % LINE_COLORS.length]!;
        return [
          Plot.line(points, { x: "x", y: "y", stroke: color, strokeWidth: 2 }),
          ...(dotted ? [Plot.dot(points, { x: "x", y: "y", fill: color, r: 3 })] : []),
          Plot.text(points.slice(-1), {
            x: "x",
            y: "y",
            text: () => label,
            fill: color,
            textAnchor: "start",
            dx: 8,
            dy: index * 2,
          }),
        ];
      }),
      Plot.text([title], {
        frameAnchor: "top-left",
        text: (text: string) => text,
        dx: 4 - MARGINS.marginLeft,
        dy: -26,
        fontWeight: "bold",
      }),
    ],
  });
}
