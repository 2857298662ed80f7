import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";

/** Common settings of all charts. The background is white, because the page may be dark. */
const STYLE = { background: "white", color: "#1f2328", fontSize: "12px" };

/** Draws a plot as the text of an SVG file. */
export function svgOf(options: Plot.PlotOptions): string {
  const { document } = parseHTML("<html><body></body></html>");
  const plot = Plot.plot({ ...options, style: STYLE, document });
  plot.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  return `${plot.outerHTML}\n`;
}
