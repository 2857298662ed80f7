import { setTimeout as sleep } from "node:timers/promises";

import { BatchCopyError } from "../../../dist/index.js";
import { SeededRandom } from "../fault/seeded-random.js";
import type { OpenSink, Sink } from "./sink.js";
import type { Entry } from "./source-books.js";
import { unitAt } from "./unit.js";

/** Errors after which a reader opens its source again, or tries to. */
const AGAIN: ReadonlySet<string> = new Set(["FENCED", "REWOUND", "CONNECT_FAILED"]);

const PAUSE_MS = 5;
/** How long those rest at most who take a source back. */
const FENCED_PAUSE_MS = 100;

/** Reads units and writes them through a source, until it is told to stop. */
export class SourceReader {
  readonly #open: OpenSink;
  readonly #enter: (entry: Entry) => void;
  readonly #random: SeededRandom;
  readonly #isLastOwner: boolean;
  #isOver = false;

  /**
   * @param enter is told what the source tells
   * @param isLastOwner whether to open the source again when another process has taken it
   */
  constructor(
    open: OpenSink,
    {
      enter,
      seed,
      isLastOwner = true,
    }: { enter: (entry: Entry) => void; seed: number; isLastOwner?: boolean },
  ) {
    this.#open = open;
    this.#enter = enter;
    this.#random = new SeededRandom(seed);
    this.#isLastOwner = isLastOwner;
  }

  stop(): void {
    this.#isOver = true;
  }

  /**
   * Reads until {@link stop}.
   *
   * @returns the position behind the last unit, when all are committed; undefined if another process
   * has taken the source
   */
  async run(): Promise<number | undefined> {
    for (;;) {
      try {
        return await this.#read(await this.#open());
      } catch (error) {
        const code = codeOf(error);
        this.#enter({ what: "lost", code });
        if (!AGAIN.has(code)) {
          throw error;
        }
        if (code === "FENCED" && !this.#isLastOwner) {
          return undefined;
        }
        await sleep(code === "FENCED" ? this.#random.below(FENCED_PAUSE_MS) : PAUSE_MS);
      }
    }
  }

  async #read(sink: Sink): Promise<number> {
    let { position } = sink;
    this.#enter({ what: "opened", position });
    while (!this.#isOver) {
      const unit = unitAt(position);
      if (unit !== undefined) {
        await sink.send(position, unit);
      }
      position++;
      await this.#rest(sink, position);
    }
    await sink.advance(position);
    await this.#flush(sink);
    await sink.close();
    return position;
  }

  /** Does now and then what readers do between two units. */
  async #rest(sink: Sink, position: number): Promise<void> {
    const choice = this.#random.below(1000);
    if (choice < 10) {
      await sleep(this.#random.below(PAUSE_MS));
    } else if (choice < 13) {
      await sink.advance(position);
    } else if (choice < 15) {
      await this.#flush(sink);
    }
  }

  async #flush(sink: Sink): Promise<void> {
    await sink.flush();
    this.#enter({ what: "flushed", position: sink.position });
  }
}

function codeOf(error: unknown): string {
  return error instanceof BatchCopyError ? error.code : "unexpected";
}
