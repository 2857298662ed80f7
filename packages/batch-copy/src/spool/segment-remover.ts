import type { Disk } from "./disk.js";
import { removeIfThere } from "./remove-if-there.js";
import { removeLeftover } from "./remove-leftover.js";
import type { Committed, Segment } from "./segment.js";
import type { Segments } from "./segments.js";
import type { SpoolTrouble } from "./stream-settings.js";

/** What a remover needs to know. */
export interface RemoverSettings {
  readonly retainMs: number;
  readonly onTrouble: (trouble: SpoolTrouble) => void;
}

/** Removes segments whose rows are committed, the oldest first, so that there is never a gap. */
export class SegmentRemover {
  readonly #disk: Disk;
  readonly #directory: string;
  readonly #segments: Segments;
  readonly #settings: RemoverSettings;

  constructor(disk: Disk, directory: string, segments: Segments, settings: RemoverSettings) {
    this.#disk = disk;
    this.#directory = directory;
    this.#segments = segments;
    this.#settings = settings;
  }

  /**
   * Removes the oldest segments that are passed and no longer retained. One call at a time.
   *
   * @param keepsLast whether the newest one stays, because it is being written
   * @param at when the server said what is committed: since then, it may have forgotten it
   * @returns how many were removed
   */
  async remove(committed: Committed, keepsLast: boolean, at: number): Promise<number> {
    // What is the newest one now gets more rows, and may not be the newest any more when its turn comes.
    const segments = this.#segments.list.slice(0, keepsLast ? -1 : undefined);
    this.#notePassed(segments, committed, at);
    let removed = 0;
    for (const segment of segments) {
      if (!this.#isOver(segment, at) || !(await this.#removeOne(segment))) {
        break;
      }
      removed++;
    }
    return removed;
  }

  #notePassed(segments: readonly Segment[], committed: Committed, at: number): void {
    let isPassed = true;
    for (const segment of segments) {
      // A server that has forgotten commits begins their time again.
      isPassed &&= segment.isPassed(committed);
      segment.passedAt = isPassed ? (segment.passedAt ?? at) : undefined;
    }
  }

  #isOver({ passedAt }: Segment, at: number): boolean {
    return passedAt !== undefined && at - passedAt >= this.#settings.retainMs;
  }

  async #removeOne(segment: Segment): Promise<boolean> {
    this.#segments.retire(segment);
    try {
      await removeLeftover(this.#disk, this.#directory, segment);
      await removeIfThere(this.#disk, segment.path);
      // Otherwise the power may fail when the next one is gone for good, and this one is not: a gap.
      await this.#disk.syncDirectory(this.#directory);
    } catch (error) {
      this.#settings.onTrouble({ kind: "removal", error: error as Error });
      return false;
    }
    this.#segments.delete(segment);
    return true;
  }
}
