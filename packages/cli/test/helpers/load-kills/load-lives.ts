import { setTimeout as sleep } from "node:timers/promises";

import type { FaultProxy } from "../../../../batch-copy/dist-test/helpers/fault/fault-proxy.js";
import type { SeededRandom } from "../../../../batch-copy/dist-test/helpers/fault/seeded-random.js";
import type { LoadKind } from "./load-kinds.js";
import { LoadProcess, type LoadEnd } from "./load-process.js";
import type { NodeSettings } from "./mutants/mutants.js";
import type { NumberedFile } from "./numbered-file.js";

/** What is loaded, and how. */
interface LoadLivesOptions {
  readonly kind: LoadKind;
  readonly files: readonly NumberedFile[];
  /** Of each process; some are chosen beside them. */
  readonly args: readonly string[];
  readonly mostKills: number;
  readonly random: SeededRandom;
  readonly node?: NodeSettings;
}

/** About as long as a process takes until it connects. */
const START_MS = 600;

/** Milliseconds between looks at how far a load is. */
const LOOK_MS = 1;

/** Processes that load the same files, each where the one before has ended, until all is loaded. */
export class LoadLives {
  count = 0;
  /** Kills of processes that had connected. */
  kills = 0;
  /** Kills of others. */
  early = 0;
  readonly problems: string[] = [];
  /** What was done, for who looks for a reason. */
  readonly journal: string[] = [];
  readonly #proxy: FaultProxy;
  readonly #options: LoadLivesOptions;

  /** @param proxy that leads to the server */
  constructor(proxy: FaultProxy, options: LoadLivesOptions) {
    this.#proxy = proxy;
    this.#options = options;
  }

  async run(): Promise<void> {
    for (let isLoaded = false; !isLoaded && this.problems.length === 0;) {
      const { connections } = this.#proxy;
      const load = this.#start();
      this.count++;
      if (this.kills < this.#options.mostKills) {
        await this.#befall(load);
      }
      const end = await load.ended();
      if (end.signal === "SIGKILL") {
        this.#countKill(this.#proxy.connections > connections);
      }
      this.#note(end);
      isLoaded = this.#check(end);
    }
  }

  #countKill(hadConnected: boolean): void {
    if (hadConnected) {
      this.kills++;
    } else {
      this.early++;
    }
  }

  #start(): LoadProcess {
    const { args, kind, node, random } = this.#options;
    const isResumed = this.count > 0 || random.percent(50);
    const settings = [
      `--connections=${random.pick(kind.connections)}`,
      `--batch-rows=${random.pick([150, 600, 3000])}`,
    ];
    return new LoadProcess([...args, ...settings, ...(isResumed ? ["--resume"] : [])], node);
  }

  /** Kills it, or asks it to end, unless it has ended before. */
  async #befall(load: LoadProcess): Promise<void> {
    const { random } = this.#options;
    await this.#untilMoment(load);
    if (load.isOver) {
      return;
    }
    load.signal(random.percent(85) ? "SIGKILL" : random.pick(["SIGINT", "SIGTERM"]));
  }

  async #untilMoment(load: LoadProcess): Promise<void> {
    const { files, random } = this.#options;
    if (random.percent(15)) {
      return sleep(random.below(START_MS));
    }
    const bytes = files
      .flatMap(({ records }) => records)
      .reduce((sum, record) => sum + record.bytes.length, 0);
    // Mostly after little, so that there is something left for the next one.
    const share = random.percent(75) ? 0.2 : 1;
    const goal = this.#proxy.sentBytes + random.below(bytes * share);
    while (!load.isOver && this.#proxy.sentBytes < goal) {
      await sleep(LOOK_MS);
    }
    await sleep(random.below(10));
  }

  /** Whether all is loaded. */
  #check(end: LoadEnd): boolean {
    const { code, signal, stderr, summary } = end;
    // A signal may come before it is listened to.
    const isStopped = code === 3 || signal !== null;
    const isLoaded = code === 0 || code === 1;
    if (!isStopped && !isLoaded) {
      this.problems.push(`a load has ended with ${code}: ${stderr} ${JSON.stringify(end.lines)}`);
    }
    // With 1 and no rejects of its own, it has kept those of the loads before it.
    const isSilent = code === 0 && (summary?.rejects ?? 0) > 0;
    if (isLoaded && (summary?.stopReason !== null || isSilent)) {
      this.problems.push(`a load has ended with ${code} and says ${JSON.stringify(summary)}`);
    }
    if (summary !== undefined && code === 3 && summary.stopReason === null) {
      this.problems.push(`a load has stopped and does not say why: ${JSON.stringify(summary)}`);
    }
    return isLoaded;
  }

  #note({ code, signal, lines, stderr }: LoadEnd): void {
    const told = lines.filter(({ type }) => type !== "progress");
    this.journal.push(`${code ?? signal}: ${stderr} ${JSON.stringify(told)}`);
  }
}
