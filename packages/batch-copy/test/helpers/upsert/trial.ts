import { setTimeout as sleep } from "node:timers/promises";
import { inspect } from "node:util";

import type { Contender, Session } from "./contender.js";
import { differences } from "./difference.js";
import { WRITTEN, type RowOutcome } from "./outcome.js";
import type { Setting } from "./setting.js";
import { shrink } from "./shrink.js";
import type { Step } from "./step.js";
import type { Twins } from "./twins.js";

/** A sequence that a contender has written differently. */
export interface Finding {
  readonly steps: readonly Step[];
  readonly differences: readonly string[];
}

/** A contender that does not answer for so long hangs. */
const PATIENCE_MS = 20_000;

/** A contender at work on twins: sequences are written both ways, and compared. */
export class Trial {
  readonly #twins: Twins;
  readonly #setting: Setting;
  readonly #session: Session;
  /** How many rows the reference has refused. */
  refusedRows = 0;

  /** @returns a finding if the contender cannot even begin */
  static async open(
    twins: Twins,
    setting: Setting,
    contender: Contender,
  ): Promise<Trial | Finding> {
    try {
      return new Trial(twins, setting, await contender.open(twins, setting));
    } catch (error) {
      return { steps: [], differences: [`not even connected: ${inspect(error)}`] };
    }
  }

  private constructor(twins: Twins, setting: Setting, session: Session) {
    this.#twins = twins;
    this.#setting = setting;
    this.#session = session;
  }

  /** Writes a sequence both ways to empty tables. */
  async compare(steps: readonly Step[]): Promise<Finding | undefined> {
    await this.#twins.empty();
    const [expectedOutcomes, actualOutcomes] = await Promise.all([
      this.#twins.writeReference(this.#setting.conflict, steps),
      this.#write(steps),
    ]);
    this.refusedRows += expectedOutcomes.filter((outcome) => outcome !== WRITTEN).length;
    const contents = await this.#twins.read();
    const found = differences({
      expectedOutcomes,
      actualOutcomes,
      hasDeferred: this.#twins.scenario.hasDeferred,
      ...contents,
    });
    return found.length > 0 ? { steps, differences: found } : undefined;
  }

  /** Removes rows while there is a difference. */
  async shrink(finding: Finding): Promise<Finding> {
    let smallest = finding;
    await shrink(finding.steps, async (steps) => {
      const smaller = await this.compare(steps);
      smallest = smaller ?? smallest;
      return smaller !== undefined;
    });
    return smallest;
  }

  close(): Promise<void> {
    return this.#session.close();
  }

  /** A contender that throws or hangs tells of no row, which is a difference. */
  async #write(steps: readonly Step[]): Promise<readonly RowOutcome[]> {
    const end = new AbortController();
    const impatience = sleep(PATIENCE_MS, undefined, { signal: end.signal }).then(() => {
      throw new Error(`no answer for ${PATIENCE_MS} ms`);
    });
    try {
      return await Promise.race([this.#session.write(steps), impatience]);
    } catch (error) {
      return steps.map(() => `nothing: ${String(error)}`);
    } finally {
      end.abort();
      impatience.catch(() => {});
    }
  }
}
