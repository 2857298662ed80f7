import type { Slice } from "../copy/copy-writer.js";
import type { Fate } from "./fate.js";
import type { Means } from "./means.js";
import { SliceRun, type History } from "./slice-run.js";

/** One COPY in flight at most: brings rows to the server, however often that has to be tried. */
export class Lane {
  readonly #means: Means;
  readonly #abort = new AbortController();

  constructor(means: Means) {
    this.#means = means;
  }

  /** Writes the rows in one transaction. Never rejects; ends at once when the lane is cut. */
  deliver(slice: Slice, history?: History): Promise<Fate> {
    return new SliceRun(this.#means, slice, this.#abort.signal, history).run();
  }

  /** Cuts what is under way, and gives up what comes. */
  cut(error: Error): void {
    this.#abort.abort(error);
  }
}
