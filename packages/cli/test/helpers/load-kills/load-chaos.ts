import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { SeededRandom } from "../../../../batch-copy/dist-test/helpers/fault/seeded-random.js";
import type { Scene } from "../../../../batch-copy/dist-test/helpers/server-faults/scene.js";
import { zombiePlan } from "../../../../batch-copy/dist-test/helpers/source-faults/zombie-plan.js";
import { problemsOfRejects } from "./check-rejects.js";
import { problemsOfTable } from "./check-table.js";
import { hurtServer, type HurtCounts } from "./hurt-server.js";
import type { LoadKind } from "./load-kinds.js";
import { LoadLives } from "./load-lives.js";
import { mutantFlags, type Mutant } from "./mutants/mutants.js";
import { writeNumberedFile, type NumberedFile } from "./numbered-file.js";

/** What is done to loads. */
export interface LoadChaosOptions {
  readonly kind: LoadKind;
  /** How many kills must hit a load that has begun. */
  readonly kills: number;
  readonly seed: number;
  /** A change of the loader that must be noticed. */
  readonly mutant?: Mutant;
}

/** What has happened, and what is wrong. */
export interface LoadChaosResult extends HurtCounts {
  readonly problems: readonly string[];
  /** Files, or pairs of them, that were loaded. */
  readonly loads: number;
  /** Processes that loaded them. */
  readonly lives: number;
  /** Kills that hit a load that has begun, and those that came before it had connected. */
  kills: number;
  early: number;
}

/** The rows of one file, or of two: the last one of each is invalid, if there are wrong ones. */
const ENDS = { 1: [19_839], 2: [9622, 19_839] } as const;

const SCHEMA = "work";

let tables = 0;

/** Loads files again and again, while the loader is killed and the server is hurt, and compares. */
export async function runLoadChaos(
  scene: Scene,
  options: LoadChaosOptions,
): Promise<LoadChaosResult> {
  const random = new SeededRandom(options.seed);
  const sum = { problems: [] as string[], loads: 0, lives: 0, kills: 0, early: 0 };
  const hurt: HurtCounts = { serverKills: 0, cuts: 0, locks: 0 };
  while (sum.kills < options.kills && sum.problems.length === 0) {
    const left = options.kills - sum.kills;
    const { lives, hurt: more, problems } = await loadOnce(scene, options, left, random);
    sum.loads++;
    sum.lives += lives.count;
    sum.kills += lives.kills;
    sum.early += lives.early;
    sum.problems.push(...problems);
    hurt.serverKills += more.serverKills;
    hurt.cuts += more.cuts;
    hurt.locks += more.locks;
  }
  return { ...sum, ...hurt };
}

interface LoadedOnce {
  readonly lives: LoadLives;
  readonly hurt: HurtCounts;
  readonly problems: readonly string[];
}

/** Loads files into a new table, until all of their rows are loaded. */
async function loadOnce(
  scene: Scene,
  { kind, mutant }: LoadChaosOptions,
  mostKills: number,
  random: SeededRandom,
): Promise<LoadedOnce> {
  const table = `${SCHEMA}.loaded_${tables++}`;
  const ledger = `${table}_ledger`;
  const folder = await mkdtemp(join(tmpdir(), "load-kills-"));
  const rejects = kind.file.hasWrongRows ? `${folder}/rejects` : undefined;
  const files = filesOf(kind, folder);
  await scene.server.query(
    `${kind.ddl.replaceAll("{t}", table)}; GRANT ALL ON ALL TABLES IN SCHEMA ${SCHEMA} TO writer`,
  );
  const lives = new LoadLives(scene.proxy, {
    kind,
    files,
    mostKills,
    random,
    args: [
      ...files.map(({ path }) => path),
      "--json",
      `--into=${table}`,
      `--ledger=${ledger}`,
      `--database-url=${scene.writerUrl}`,
      ...(rejects === undefined ? [] : ["--rejects", rejects]),
      ...(kind.options ?? []),
    ],
    ...(mutant !== undefined && { node: mutantFlags(mutant, folder) }),
  });
  const hurt = await whileHurt(scene, table, random, () => lives.run());
  await scene.untilIdle();
  const problems = [
    ...lives.problems,
    ...(await problemsOfTable(scene, { kind, table, ledger, files })),
    ...(rejects === undefined ? [] : problemsOfRejects(rejects, files)),
  ];
  if (problems.length === 0 || mutant !== undefined) {
    await rm(folder, { recursive: true });
  } else {
    problems.push(`see ${folder} and ${table}`, ...lives.journal);
  }
  return { lives, hurt, problems };
}

function filesOf({ file, files = 1 }: LoadKind, folder: string): NumberedFile[] {
  const ends = ENDS[files];
  return ends.map((end, index) => {
    const first = ends[index - 1] ?? 0;
    return writeNumberedFile(folder, file, { first, count: end - first });
  });
}

/** Hurts the server while something goes on. */
async function whileHurt(
  scene: Scene,
  table: string,
  random: SeededRandom,
  goOn: () => Promise<void>,
): Promise<HurtCounts> {
  const ended = new AbortController();
  const seed = random.below(2 ** 31);
  // Most connections live until they are struck.
  scene.proxy.plan((connection) =>
    connection % 3 === 0 ? zombiePlan(seed, connection, ["stall", "abandon"]) : undefined,
  );
  const hurting = hurtServer(scene, {
    table,
    random: new SeededRandom(seed),
    signal: ended.signal,
  });
  try {
    await goOn();
  } finally {
    ended.abort();
    scene.proxy.plan(() => undefined);
  }
  return hurting;
}
