import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { SeededRandom } from "../fault/seeded-random.js";
import type { Scene } from "../server-faults/scene.js";
import { zombiePlan } from "../source-faults/zombie-plan.js";
import { SenderLives } from "./sender-lives.js";
import { selectWrites, type FoundWrite, type SentTableKind } from "./sent-tables.js";
import { makeTrouble, type TroubleCounts } from "./server-trouble.js";
import type { SentId } from "./spool-books.js";

/** What is sent in a run. */
export interface SpoolChaosOptions {
  readonly kind: SentTableKind;
  /** Bare; several are written as one group. */
  readonly tables: readonly string[];
  /** Whether the first one is locked most of the time. */
  readonly hasStandstill?: boolean;
  /** How many processes share the directory at a time. */
  readonly atOnce: number;
  readonly kills: number;
  readonly seed: number;
}

/** What has happened, and what is wrong. */
export interface SpoolChaosResult extends TroubleCounts {
  readonly problems: readonly string[];
  readonly lives: number;
  readonly kills: number;
  readonly told: number;
  readonly letters: number;
  /** How many rewritten segments the killed processes have left. */
  readonly rewritten: number;
}

/** How long the first table is locked, and how long it is not. */
const STANDSTILL_SECONDS = 6;
const GOING_MS = 500;

const SCHEMA = "work";

/** In the directory of the spool: what it knows of tables, for when the database is away. */
const MEMO = ".tables";

/** Lets processes that send rows through a spool be killed, and their server be hurt, and compares. */
export async function runSpoolChaos(
  scene: Scene,
  options: SpoolChaosOptions,
): Promise<SpoolChaosResult> {
  const { kind, tables } = options;
  const directory = await mkdtemp(join(tmpdir(), "spool-kills-"));
  const letters = `${SCHEMA}.letters_of_${tables[0]}`;
  const ledger = `${SCHEMA}.ledger_of_${tables[0]}`;
  await createTables(scene, options);
  await using lives = new SenderLives({
    ...options,
    kind: kind.name,
    refuses: kind.refuses,
    schema: SCHEMA,
    databaseUrl: scene.writerUrl,
    directory,
    letters,
    ledger,
  });
  const trouble = await untilKilled(scene, lives, options);
  await lives.finish();
  await scene.untilIdle();
  const found = await find(scene, options, letters);
  const problems = lives.books.problems(found);
  problems.push(...(await leftovers(scene, directory, ledger)));
  if (problems.length === 0) {
    await rm(directory, { recursive: true });
  } else {
    problems.push(
      `see ${directory}`,
      ...new Set(lives.warnings.flatMap((text) => text.split("\n"))),
    );
  }
  return {
    ...trouble,
    problems,
    lives: lives.lives,
    kills: lives.kills,
    told: lives.books.told,
    letters: found.letters.length,
    rewritten: lives.rewritten,
  };
}

/** Kills processes and hurts the server at the same time, until enough processes were killed. */
async function untilKilled(
  scene: Scene,
  lives: SenderLives,
  { kills, seed, tables, hasStandstill = false }: SpoolChaosOptions,
): Promise<TroubleCounts> {
  const random = new SeededRandom(seed + 1);
  let isEnded = false;
  // Half of the connections live until they are struck.
  scene.proxy.plan((connection) =>
    connection % 2 === 0 ? undefined : zombiePlan(seed, connection, ["stall", "abandon"]),
  );
  const killing = lives.run(kills).finally(() => {
    isEnded = true;
  });
  const qualified = tables.map((name) => `${SCHEMA}.${name}`);
  const [trouble] = await Promise.all([
    makeTrouble(scene, { tables: qualified, random, isEnded: () => isEnded }),
    killing,
    hasStandstill && standStill(scene, qualified[0]!, () => isEnded),
  ]);
  scene.proxy.plan(() => undefined);
  return trouble;
}

/** Holds a lock on a table, but for short times. */
async function standStill(scene: Scene, table: string, isEnded: () => boolean): Promise<void> {
  const hold = `BEGIN; LOCK TABLE ${table}; SELECT pg_sleep(${STANDSTILL_SECONDS}); COMMIT`;
  while (!isEnded()) {
    // It fails if the server is killed meanwhile: then the next one has to do.
    await Promise.allSettled([scene.server.query(hold)]);
    await sleep(GOING_MS);
  }
}

async function createTables(
  scene: Scene,
  { kind, tables }: Pick<SpoolChaosOptions, "kind" | "tables">,
): Promise<void> {
  const ddl = tables.map((name) => kind.ddl.replaceAll("{t}", `${SCHEMA}.${name}`)).join(";");
  await scene.server.query(
    `${ddl}; GRANT ALL ON ALL TABLES IN SCHEMA ${SCHEMA} TO writer;
     GRANT ALL ON ALL SEQUENCES IN SCHEMA ${SCHEMA} TO writer`,
  );
}

async function find(
  scene: Scene,
  { kind, tables }: Pick<SpoolChaosOptions, "kind" | "tables">,
  letters: string,
): Promise<{ writes: readonly (readonly FoundWrite[])[]; letters: readonly SentId[] }> {
  const writes: (readonly FoundWrite[])[] = [];
  for (const name of tables) {
    writes.push(await scene.server.query<FoundWrite>(selectWrites(kind, `${SCHEMA}.${name}`)));
  }
  const found = await scene.server.query<SentId>(
    `SELECT ("row"->>'life')::int AS life, ("row"->>'producer')::int AS producer,
       ("row"->>'seq')::int AS seq FROM ${letters}`,
  );
  return { writes, letters: found };
}

/**
 * What should not be there any more when all is written. A claim that was on its way to the server when its
 * process was killed may be committed after others have removed the stream: its row says 0, and stays.
 */
async function leftovers(scene: Scene, directory: string, ledger: string): Promise<string[]> {
  const names = await readdir(directory);
  const sources = await scene.server.query<{ source: string; position: string }>(
    `SELECT source, position FROM ${ledger} WHERE source LIKE 'spool/%' AND position > 0`,
  );
  return [
    ...names.filter((name) => name !== MEMO).map((name) => `the spool has ${name}`),
    ...sources.map(({ source, position }) => `the ledger has ${source} at ${position}`),
  ];
}
