import { toError } from "../copy/call-out.js";
import type { Fate } from "./fate.js";
import type { Means } from "./means.js";
import { SliceRun, type History } from "./slice-run.js";
import type { SliceSource } from "./slice-source.js";

/**
 * One COPY in flight at most: brings rows to the server, however often that has to be tried.
 *
 * No exception ends a lane. What pools, clients, streams and their wrappers throw is a failed attempt
 * (`runCopy` never rejects), what listeners throw is thrown again in a turn of its own (`callOut`), and
 * what nobody expects hands the rows back.
 */
export class Lane {
  readonly #means: Means;
  readonly #abort = new AbortController();

  constructor(means: Means) {
    this.#means = means;
  }

  /** Writes the rows in one transaction. Never rejects; ends at once when the lane is cut. */
  async deliver(source: SliceSource, history?: History): Promise<Fate> {
    let run: SliceRun | undefined;
    try {
      run = new SliceRun(this.#means, source, this.#abort.signal, history);
      return await run.run();
    } catch (thrown) {
      const error = toError(thrown);
      return run?.fateAfter(error) ?? { kind: "lost", error };
    }
  }

  /** Cuts the attempt that is under way, and gives up those that would come. */
  cut(error: Error): void {
    this.#abort.abort(error);
  }
}
