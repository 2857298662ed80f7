import { readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { SeededRandom } from "../fault/seeded-random.js";
import type { SenderConfig } from "./sender-config.js";
import { SenderProcess } from "./sender-process.js";
import { SpoolBooks } from "./spool-books.js";

/** What processes send, and where. */
export interface SenderLivesOptions extends Pick<
  SenderConfig,
  "kind" | "tables" | "schema" | "letters"
> {
  readonly refuses: boolean;
  readonly databaseUrl: string;
  /** Qualified. */
  readonly ledger: string;
  /** Of the spool. */
  readonly directory: string;
  /** How many processes share the directory at a time. */
  readonly atOnce: number;
  readonly hasStandstill?: boolean;
  readonly seed: number;
}

/** How long a process may work before something befalls it, in milliseconds: mostly, sometimes, rarely. */
const WORK_MS = [300, 1800, 13_000] as const;

/** How long a process may be stopped, in milliseconds. */
const STOP_MS = 2500;

/** Processes that send rows through one spool, and what befalls them. */
export class SenderLives implements AsyncDisposable {
  readonly books: SpoolBooks;
  readonly warnings: string[] = [];
  readonly #options: SenderLivesOptions;
  readonly #random: SeededRandom;
  readonly #alive = new Set<SenderProcess>();
  #lives = 0;
  #kills = 0;
  #rewritten = 0;
  #isOver = false;

  constructor(options: SenderLivesOptions) {
    this.#options = options;
    this.#random = new SeededRandom(options.seed);
    this.books = new SpoolBooks(options.refuses, options.atOnce === 1);
  }

  /** How many processes were started. */
  get lives(): number {
    return this.#lives;
  }

  /** How many were killed. */
  get kills(): number {
    return this.#kills;
  }

  /** How many rewritten segments were there after kills. */
  get rewritten(): number {
    return this.#rewritten;
  }

  /** Starts processes until so many of them were killed. */
  async run(kills: number): Promise<void> {
    const { atOnce } = this.#options;
    await Promise.all(
      Array.from({ length: atOnce }, async () => {
        while (this.#kills < kills && !this.#isOver) {
          await this.#live();
        }
      }),
    );
  }

  /** Lets a last process write what is left. */
  async finish(): Promise<void> {
    const last = this.#start();
    await last.untilConnected();
    await sleep(WORK_MS[0]);
    await this.#close(last);
  }

  async #live(): Promise<void> {
    const random = this.#random;
    const sender = this.#start();
    if (random.percent(15)) {
      await sleep(random.below(500));
      return this.#kill(sender);
    }
    await sender.untilConnected();
    await sleep(this.#workMs());
    const choice = random.below(100);
    if (choice < 12) {
      return this.#close(sender);
    }
    if (choice < 25) {
      sender.signal("SIGTERM");
      await sleep(random.below(80));
    } else if (choice < 45) {
      await this.#halt(sender);
    }
    return this.#kill(sender);
  }

  #workMs(): number {
    const choice = this.#random.below(100);
    const [mostly, sometimes, rarely] = WORK_MS;
    // Only if there are others, it has streams to adopt later than at its start.
    const mayBeLong = this.#options.atOnce > 1;
    return this.#random.below(
      choice < 85 ? mostly : choice < 97 || !mayBeLong ? sometimes : rarely,
    );
  }

  /** Stops a process for a while. It may not go on before it is killed. */
  async #halt(sender: SenderProcess): Promise<void> {
    sender.signal("SIGSTOP");
    await sleep(this.#random.below(STOP_MS));
    if (this.#random.percent(70)) {
      sender.signal("SIGCONT");
      await sleep(this.#random.below(WORK_MS[0]));
    }
  }

  async #kill(sender: SenderProcess): Promise<void> {
    if (await sender.kill()) {
      this.#kills++;
    }
    this.#rewritten += await countRewritten(this.#options.directory);
    await this.#end(sender);
  }

  async #close(sender: SenderProcess): Promise<void> {
    sender.signal("SIGTERM");
    await sender.exited();
    await this.#end(sender);
  }

  async #end(sender: SenderProcess): Promise<void> {
    this.#alive.delete(sender);
    this.warnings.push(await sender.warnings);
  }

  #start(): SenderProcess {
    const life = this.#lives++;
    const sender = new SenderProcess(this.#config(life), (report) =>
      this.books.enter(life, report),
    );
    this.#alive.add(sender);
    return sender;
  }

  #config(life: number): SenderConfig {
    const { databaseUrl, directory, kind, ledger, letters, schema, tables } = this.#options;
    const random = this.#random;
    return {
      life,
      kind,
      // A group opens its tables in some order, and sometimes not all.
      tables: someOf(tables, random),
      schema,
      letters,
      producers: random.pick([3, 6, 24]),
      // Files are rewritten when there are many bytes.
      mostText: this.#options.hasStandstill === true ? 4000 : 60,
      seed: random.below(2 ** 31),
      options: {
        databaseUrl,
        ledger: { table: ledger },
        spool: { directory, maxBytes: random.pick([1, 1, 4]) * 2 ** 20 },
        connections: random.pick([1, 2, 3]),
        maxBatchRows: random.pick([20, 200, 100_000]),
        // Little memory, so that rows are read back from disk.
        maxBufferedBytes: random.pick([64 * 1024, 64 * 1024, 2 ** 20]),
        flushIntervalMs: 5,
        connectTimeoutMs: 1000,
        retry: { minDelayMs: 1, maxDelayMs: 20 },
      },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    await Promise.all([...this.#alive].map((sender) => sender.kill().catch(() => false)));
  }
}

/** Segments whose headers say that they stand for others. Some may be removed meanwhile. */
async function countRewritten(directory: string): Promise<number> {
  const names = await readdir(directory, { recursive: true });
  const heads = names
    .filter((name) => basename(name).startsWith("segment-"))
    .map((name) => readFile(join(directory, name)).catch(() => Buffer.alloc(0)));
  return (await Promise.all(heads)).filter((bytes) => bytes.includes('"rewritten":{"last"')).length;
}

function someOf(tables: readonly string[], random: SeededRandom): readonly string[] {
  const shift = random.below(tables.length);
  const shifted = [...tables.slice(shift), ...tables.slice(0, shift)];
  // A group of one table would be a copier.
  return tables.length > 2 && random.percent(20) ? shifted.slice(1) : shifted;
}
