import type { Scene } from "../../../../batch-copy/dist-test/helpers/server-faults/scene.js";
import type { LoadKind } from "./load-kinds.js";
import type { NumberedFile } from "./numbered-file.js";
import { COUNTERS, IS_INTACT } from "./numbered-row.js";

interface FoundRow {
  readonly seq: number;
  readonly isIntact: boolean;
}

/** Where a load has written. */
interface Written {
  readonly kind: LoadKind;
  /** Qualified. */
  readonly table: string;
  readonly ledger: string;
  readonly files: readonly NumberedFile[];
}

/** What is wrong with the table after all rows of these files were loaded. */
export async function problemsOfTable(scene: Scene, written: Written): Promise<string[]> {
  const { files, kind, table } = written;
  const seqs = files.flatMap(({ records }) =>
    records.filter(({ verdict }) => verdict === "loaded").map(({ seq }) => seq),
  );
  const rows = await select(scene, kind.writes.replace("{t}", table));
  const problems = compare("rows", rows, seqs);
  if (kind.writes !== "{t}") {
    const last = new Map(seqs.map((seq) => [seq % COUNTERS, seq]));
    problems.push(...compare("counters", await select(scene, table), [...last.values()]));
  }
  return [...problems, ...(await problemsOfLedger(scene, written))];
}

function select(scene: Scene, table: string): Promise<FoundRow[]> {
  return scene.server.query<FoundRow>(
    `SELECT seq::int AS seq, coalesce(${IS_INTACT}, false) AS "isIntact" FROM ${table}`,
  );
}

function compare(what: string, found: readonly FoundRow[], expected: readonly number[]): string[] {
  const counts = new Map(expected.map((seq) => [seq, 0]));
  const strange: number[] = [];
  for (const { seq, isIntact } of found) {
    const count = counts.get(seq);
    if (count === undefined || !isIntact) {
      strange.push(seq);
    } else {
      counts.set(seq, count + 1);
    }
  }
  const lost = [...counts].filter(([, count]) => count === 0).map(([seq]) => seq);
  const doubled = [...counts].filter(([, count]) => count > 1).map(([seq]) => seq);
  return [
    ...tell(`${what} lost`, lost),
    ...tell(`${what} doubled`, doubled),
    ...tell(`${what} changed, or not expected`, strange),
  ];
}

function tell(what: string, seqs: readonly number[]): string[] {
  return seqs.length === 0 ? [] : [`${what}: ${seqs.length}, such as ${seqs.slice(0, 9).join()}`];
}

async function problemsOfLedger(scene: Scene, { files, ledger }: Written): Promise<string[]> {
  const found = await scene.server.query<{ source: string; position: string }>(
    `SELECT source, position FROM ${ledger}`,
  );
  const isComplete =
    found.length === files.length &&
    files.every(({ path, end }) =>
      found.some(
        ({ source, position }) => source.includes(` ${path} #`) && Number(position) === end,
      ),
    );
  return isComplete ? [] : [`the ledger has ${JSON.stringify(found)}`];
}
