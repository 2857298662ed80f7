import type { Watched } from "./run/sample.js";
import type { Workload } from "./workloads/workload.js";

/** Samples the resident size, and how many rows have been requested by then. */
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

  /** Stops sampling; returns the samples. */
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
