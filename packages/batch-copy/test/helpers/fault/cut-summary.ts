import { PROBLEM_KINDS } from "./books-report.js";
import { EDGES } from "./cut-plan.js";
import type { CutSweepResult } from "./cut-sweep.js";
import type { Phase } from "./phase.js";
import type { Fault } from "./plan.js";
import { textTable } from "./text-table.js";

const PHASES: Readonly<Record<Phase, string>> = {
  connecting: "while connecting",
  idle: "between transactions",
  querying: "during a query",
  copying: "during COPY, before CopyDone",
  committing: "between CopyDone and ReadyForQuery",
};

const FAULTS = { cut: "reset", close: "closed", abandon: "half-open" } satisfies Partial<
  Record<Fault, string>
>;

/** How many connections were cut in a phase, by a kind of fault or by all. */
export function countFaults(
  { faults }: Pick<CutSweepResult, "faults">,
  phase?: Phase,
  fault?: Fault,
): number {
  return faults.filter(
    (record) =>
      (phase === undefined || record.phase === phase) &&
      (fault === undefined || record.fault === fault),
  ).length;
}

/** What was cut, and what became of the rows. */
export function cutSummary(result: CutSweepResult): string {
  const edges = `${countEdges(result)} of ${EDGES} message boundaries were cut at`;
  return `${faultTable(result)}\n${edges}\n\n${rowTable(result)}`;
}

/** How many of the edges that are cut at in turn had their turn. */
function countEdges({ faults }: CutSweepResult): number {
  const edges = faults
    .map(({ at }) => at)
    .filter((at) => at !== undefined && "nth" in at && at.type === undefined);
  return new Set(edges.map((at) => JSON.stringify(at))).size;
}

function faultTable(result: CutSweepResult): string {
  const kinds = Object.keys(FAULTS) as (keyof typeof FAULTS)[];
  const line = (name: string, phase?: Phase): (string | number)[] => [
    name,
    ...kinds.map((kind) => countFaults(result, phase, kind)),
    countFaults(result, phase),
  ];
  const phases = Object.entries(PHASES) as [Phase, string][];
  return textTable([
    ["Connections lost", ...Object.values(FAULTS), "all"],
    ...phases.map(([phase, name]) => line(name, phase)),
    line("all"),
  ]);
}

function rowTable({ report, stats }: CutSweepResult): string {
  const { confirmed, undelivered, inDoubt, refused } = report.fates;
  return textTable([
    ["Rows", ""],
    ["confirmed as committed", confirmed],
    ["handed back", undelivered + inDoubt + refused],
    ["in the table", report.present],
    ...PROBLEM_KINDS.map((kind) => [kind, report.count(kind)]),
    ["", ""],
    ["Batches", ""],
    ["committed", stats.batchesCommitted],
    ["retried", stats.retries],
    ["in doubt, and committed", stats.inDoubtCommitted],
    ["in doubt, and not committed", stats.inDoubtAborted],
    ["in doubt, and unknown", stats.inDoubtUnknown],
  ]);
}
