import * as Plot from "@observablehq/plot";

import { LINE_COLORS } from "./colors.js";
import { svgOf } from "./svg.js";

const WIDTH = 820;
const HEIGHT = 356;
const MARGINS = { marginLeft: 60, marginRight: 240, marginTop: 56, marginBottom: 40 };
const LABEL_HEIGHT = 18;
const TITLE_X = 4;
const TITLE_Y = 8;

/** A line chart, with the names of the lines next to them in their color. */
export interface LineChart {
  readonly title: string;
  readonly x: Plot.ScaleOptions;
  readonly y: Plot.ScaleOptions & { readonly label: string };
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
    y: { grid: true, zero: true, ...y, label: null },
    marks: [
      ...lines.flatMap(({ label, points }, index) => {
        const color = LINE_COLORS[index % LINE_COLORS.length]!;
        return [
          Plot.line(points, { x: "x", y: "y", stroke: color, strokeWidth: 2 }),
          ...(dotted ? [Plot.dot(points, { x: "x", y: "y", fill: color, r: 3 })] : []),
          Plot.text([label], {
            frameAnchor: "top-right",
            text: (text: string) => text,
            fill: color,
            textAnchor: "start",
            dx: 12,
            dy: index * LABEL_HEIGHT,
          }),
        ];
      }),
      Plot.text([`${title}: ${y.label}`], {
        frameAnchor: "top-left",
        text: (text: string) => text,
        dx: TITLE_X - MARGINS.marginLeft,
        dy: TITLE_Y - MARGINS.marginTop,
        fontWeight: "bold",
      }),
    ],
  });
}
