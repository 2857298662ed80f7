import { SpoolCorruptError } from "../errors.js";
import type { Disk } from "./disk.js";
import { removeIfThere } from "./remove-if-there.js";
import { removeLeftover } from "./remove-leftover.js";
import { copySegments, type Run } from "./rewrite-segments.js";
import { runsOf } from "./runs-of.js";
import { rewritingPath } from "./segment-header.js";
import type { Committed, Segment } from "./segment.js";
import type { Segments } from "./segments.js";
import type { SpoolTrouble } from "./stream-settings.js";

/** What a rewriter needs to know. */
export interface RewriterSettings {
  readonly segmentBytes: number;
  readonly onTrouble: (trouble: SpoolTrouble) => void;
}

/**
 * Makes room behind a table that stands still: segments that hold little but committed rows are replaced by one
 * file, under the number of the first, with the rows that are still needed. At any moment that file or all
 * former ones are there:
 *
 * 1. The file is written under another name, and synced, also its place in the directory.
 * 2. It is renamed. Its header says for which segments it stands: files of those that are still there count for
 *    nothing.
 * 3. When that is durable, they are removed.
 */
export class SegmentRewriter {
  readonly #disk: Disk;
  readonly #directory: string;
  readonly #segments: Segments;
  readonly #settings: RewriterSettings;
  /** Those that cannot be read. */
  readonly #damaged = new Set<Segment>();

  constructor(disk: Disk, directory: string, segments: Segments, settings: RewriterSettings) {
    this.#disk = disk;
    this.#directory = directory;
    this.#segments = segments;
    this.#settings = settings;
  }

  /**
   * Rewrites segments as far as it pays; never the newest one. One call at a time, and none while segments are
   * removed.
   *
   * @param settled rows that are not needed any more
   * @param isWanted whether there is too little room
   * @returns whether there is more room now
   */
  async rewrite(settled: Committed, isWanted: () => boolean): Promise<boolean> {
    let hasMore = false;
    try {
      for (const segment of this.#segments.list) {
        hasMore = (await removeLeftover(this.#disk, this.#directory, segment)) || hasMore;
      }
      for (const run of this.#runs(settled)) {
        if (isWanted()) {
          await this.#rewriteOne(run, settled);
          hasMore = true;
        }
      }
    } catch (error) {
      this.#settings.onTrouble({ kind: "removal", error: error as Error });
    }
    return hasMore;
  }

  #runs(settled: Committed): readonly Run[] {
    // Of one that could not be removed, the file may be gone.
    const readable = this.#segments.list.filter((one) => this.#segments.find(one.number) === one);
    return runsOf(readable, settled, this.#settings.segmentBytes, this.#damaged);
  }

  async #rewriteOne(run: Run, settled: Committed): Promise<void> {
    const copy = await this.#copy(run, settled);
    // A former attempt may have left another file of that name, which must not come back and be renamed.
    await this.#disk.syncDirectory(this.#directory);
    await this.#putInPlace(run.segments, copy);
    await removeLeftover(this.#disk, this.#directory, copy);
  }

  async #copy(run: Run, settled: Committed): Promise<Segment> {
    try {
      return await copySegments(this.#disk, this.#directory, this.#segments, run, settled);
    } catch (error) {
      if (error instanceof SpoolCorruptError) {
        // Whoever reads these rows says so.
        run.segments.forEach((segment) => this.#damaged.add(segment));
      }
      await removeIfThere(this.#disk, rewritingPath(this.#directory, run.segments[0]!.number));
      throw error;
    }
  }

  async #putInPlace(former: readonly Segment[], copy: Segment): Promise<void> {
    const [first, ...others] = former as [Segment, ...Segment[]];
    const renaming = this.#disk.rename(rewritingPath(this.#directory, copy.number), copy.path);
    const replacing = renaming.then(() => {
      copy.leaveOver(others);
      this.#segments.replace(former, copy);
    });
    first.replacing = replacing.catch(noop);
    try {
      await replacing;
    } finally {
      first.replacing = undefined;
    }
  }
}

function noop(): void {}
