import { onAbort } from "../batch/abort-watch.js";
import { toError } from "../copy/call-out.js";
import type { Fate } from "./fate.js";
import type { Means } from "./means.js";
import { SliceRun, type History } from "./slice-run.js";
import type { SliceSource } from "./slice-source.js";

/**
 * Writes rows to the server, with as many attempts as it takes, and at most one COPY in flight.
 *
 * No exception ends a lane. What pools, clients, streams and their wrappers throw is a failed attempt
 * (`runCopy` never rejects). What listeners throw is thrown again in a tick of its own (`callOut`).
 * After any other exception, the rows are handed back.
 */
export class Lane {
  readonly #means: Means;
  readonly #abort = new AbortController();

  constructor(means: Means) {
    this.#means = means;
    // Keeps one listener on the signal: each batch would otherwise add and remove its own, twice.
    onAbort(this.#abort.signal, noop);
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

  /** Ends the current attempt, and makes no further ones. */
  cut(error: Error): void {
    this.#abort.abort(error);
  }
}

function noop(): void {}
