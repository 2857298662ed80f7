import type { Sample } from "../run/sample.js";
import { formatFigure, formatRatio } from "./format.js";
import type { LabeledSamples } from "./results.js";
import { spreadOf, type Spread } from "./statistics.js";
import { markdownTable } from "./table.js";

/** What is read from a sample, and its name and unit on the page. */
export interface Measure {
  readonly name: string;
  readonly of: (sample: Sample) => number;
}

/** The measure of a line divided by that of its base, round by round; undefined for a base. */
function ratioOf(
  line: LabeledSamples,
  lines: readonly LabeledSamples[],
  of: Measure["of"],
): Spread | undefined {
  const base = lines.find(({ label }) => label === line.base);
  if (base === undefined) return undefined;
  return spreadOf(line.samples.map((sample, round) => of(sample) / of(base.samples[round]!)));
}

/** A row for each line: the measures, and the first one compared with the line's base. */
export function comparedTable(
  lines: readonly LabeledSamples[],
  measures: readonly [Measure, ...Measure[]],
): string {
  const rows = lines.map((line) => {
    const ratio = ratioOf(line, lines, measures[0].of);
    return [
      line.label,
      ...measures.map(({ of }) => formatFigure(spreadOf(line.samples.map(of)).median)),
      ...(ratio === undefined
        ? ["", "", ""]
        : [ratio.median, ratio.lowest, ratio.highest].map(formatRatio)),
    ];
  });
  const header = ["", ...measures.map(({ name }) => name), "ratio", "lowest", "highest"];
  return markdownTable(header, rows);
}
