import type { CopierOptions } from "../../../dist/index.js";
import { eventually } from "../eventually.js";
import { SeededRandom } from "../fault/seeded-random.js";
import type { Scene } from "./scene.js";
import { strike, type ServerFault } from "./server-fault.js";
import { Stage } from "./stage.js";
import { StormResult } from "./storm-result.js";

/** How much befalls how many rows. */
export interface StormOptions {
  readonly faults: number;
  readonly rows: number;
  readonly seed: number;
  /** What commits are looked up by: transaction ids, or a ledger. */
  readonly guard: Pick<CopierOptions, "ledger" | "onInDoubt">;
  /** Called after each fault. */
  readonly onProgress: (result: StormResult) => void;
}

/** After so many faults the rows are counted, and go to a new table. */
const FAULTS_PER_TABLE = 20;

const OPTIONS = {
  connections: 4,
  maxBatchRows: 5000,
  maxBufferedBytes: 8 * 1024 * 1024,
} as const;

const PRODUCERS = { inserters: 40, senders: 40 };

/** Lets faults of all kinds befall a server, one after the other, in an order of the seed's. */
export async function runStorm(
  scene: Scene,
  kinds: readonly ServerFault[],
  { faults, rows, seed, guard, onProgress }: StormOptions,
): Promise<StormResult> {
  const random = new SeededRandom(seed);
  const result = new StormResult();
  const rowsPerFault = Math.ceil(rows / faults);
  while (result.faults < faults) {
    await using stage = await Stage.open(
      scene,
      random.below(2 ** 31),
      { ...OPTIONS, ...guard },
      PRODUCERS,
    );
    const last = Math.min(faults, result.faults + FAULTS_PER_TABLE);
    while (result.faults < last) {
      const fault = random.pick(kinds);
      const { stats } = stage;
      await strike(stage, fault);
      await untilCommitted(stage, stats.rowsCommitted + rowsPerFault);
      result.noteFault(fault, stats, stage.stats);
      onProgress(result);
    }
    result.noteReport(await stage.end());
    await stage.sql(`DROP TABLE ${stage.name}`);
  }
  return result;
}

async function untilCommitted(stage: Stage, rows: number): Promise<void> {
  await eventually(() => stage.stats.rowsCommitted >= rows, `${rows} rows are committed`, 600);
}
