import type { Watched } from "./run/sample.js";
import type { Workload } from "./workloads/workload.js";

/** Looks at the resident size again and again, and at how many rows have been asked for by then. */
export class MemoryWatch {
  /** The same workload, whose rows are counted. */
  readonly workload: Workload;
  readonly #watched: Watched[] = [];
  readonly #startedAt = performance.now();
  readonly #timer: NodeJS.Timeout;
  #rows = 0;

  constructor(workload: Workload, everyMs: number) {
    this.workload = {
      ...workload,
      row: (n) => {
        this.#rows += 1;
        return workload.row(n);
      },
    };
    this.#timer = setInterval(() => this.#look(), everyMs);
  }

  /** Ends the watch; returns what was seen. */
  end(): readonly Watched[] {
    clearInterval(this.#timer);
    this.#look();
    return this.#watched;
  }

  #look(): void {
    this.#watched.push({
      rows: this.#rows,
      seconds: (performance.now() - this.#startedAt) / 1000,
      rss: process.memoryUsage.rss(),
    });
  }
}
