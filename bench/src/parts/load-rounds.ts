import type { FileFolder } from "../files/file-folder.js";
import { storedRows, type FileLoad } from "../files/file-load.js";
import { whyNoDuckdb } from "../loaders/duckdb.js";
import type { Loader } from "../loaders/loader.js";
import type { LoadFigure } from "../report/results.js";
import type { Bench, LoadRun } from "../run/bench.js";
import type { Progress } from "../run/progress.js";
import type { Sample } from "../run/sample.js";
import { figureOf, takeTurn } from "./entrant.js";

/** A loader, and what it loads. */
export interface Loading {
  readonly load: FileLoad;
  readonly loader: Loader;
  readonly records: number;
  readonly folder: FileFolder;
  readonly verify?: LoadRun["verify"];
}

/** How often, and who is told. */
export interface LoadRounds {
  readonly rounds: number;
  readonly progress: Progress;
}

/** Loaders take turns. */
export async function measureLoadings(
  bench: Bench,
  loadings: readonly Loading[],
  { rounds, progress }: LoadRounds,
): Promise<LoadFigure[]> {
  const entrants = loadings.map((loading) => ({
    contender: { ...loading.loader, label: labelOf(loading.loader) },
    rows: loading.records,
    samples: [],
    failure: whyNot(loading, bench),
    run: () => runLoader(bench, loading),
  }));
  for (let round = 1; round <= rounds; round++) {
    for (const [index, entrant] of entrants.entries()) {
      const { name } = loadings[index]!.load;
      progress.step(`${name}, round ${round} of ${rounds}: ${entrant.contender.label}`);
      await takeTurn(entrant, bench.signal);
    }
  }
  return entrants.map((entrant) =>
    Object.assign(figureOf(entrant), { connections: entrant.contender.connections }),
  );
}

function runLoader(
  bench: Bench,
  { load, loader, records, folder, verify }: Loading,
): Promise<Sample> {
  const { workload, cycle, format } = load;
  return bench.runLoad({
    workload,
    cycle,
    rows: storedRows(load, records),
    records,
    folder: folder.path,
    makeFiles: () => folder.files(records, loader.files),
    programs: async (files) =>
      loader.programs({
        format,
        workload,
        files,
        tools: bench.tools.load,
        folder: folder.path,
        nodeFlags: bench.nodeFlags,
      }),
    ...(verify !== undefined && { verify }),
  });
}

function whyNot({ load, loader }: Loading, { tools }: Bench): string | undefined {
  const whyNoFile = load.format === "parquet" ? whyNoDuckdb(tools.load) : undefined;
  return whyNoFile ?? loader.whyNot(tools.load);
}

function labelOf({ label, connections }: Loader): string {
  return `${label}, ${connections} connection${connections === 1 ? "" : "s"}`;
}
