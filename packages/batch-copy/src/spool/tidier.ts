import type { Clock } from "../batch/clock.js";
import type { Disk } from "./disk.js";
import { SegmentRemover } from "./segment-remover.js";
import { SegmentRewriter } from "./segment-rewriter.js";
import type { Committed, Segment } from "./segment.js";
import type { Segments } from "./segments.js";
import { SettledRows } from "./settled-rows.js";
import type { SpoolTrouble } from "./stream-settings.js";

/** What a tidier needs to know. */
export interface TidierSettings {
  readonly clock: Clock;
  readonly retainMs: number;
  readonly segmentBytes: number;
  /** Whether segments are rewritten. */
  readonly isShared: boolean;
  readonly onTrouble: (trouble: SpoolTrouble) => void;
}

/** What has made room. */
export interface Tidied {
  /** How many segments were removed. */
  readonly removed: number;
  /** Whether others were rewritten. */
  readonly isSmaller: boolean;
}

/** Makes room in a stream by what is committed: removes and rewrites its segments, one after the other. */
export class Tidier {
  readonly #segments: Segments;
  readonly #settings: TidierSettings;
  readonly #remover: SegmentRemover;
  readonly #rewriter: SegmentRewriter;
  readonly #settled: SettledRows;
  #committed: Committed = () => 0;
  /** When that was known, by the clock. */
  #committedAt = 0;
  #work: Promise<unknown> = Promise.resolve();

  constructor(disk: Disk, directory: string, segments: Segments, settings: TidierSettings) {
    this.#segments = segments;
    this.#settings = settings;
    this.#remover = new SegmentRemover(disk, directory, segments, settings);
    this.#rewriter = new SegmentRewriter(disk, directory, segments, settings);
    this.#settled = new SettledRows(settings.retainMs);
  }

  /** Notes what is committed, durably, as the server says now: all of it, because it may have forgotten some. */
  note(committed: Committed): void {
    this.#committed = committed;
    this.#committedAt = this.#settings.clock.now();
    this.#settled.note(this.#segments.tables, committed, this.#committedAt);
  }

  /** Whether it is worth while to end a segment, so that it can be removed or rewritten. */
  isSpent(segment: Segment): boolean {
    const isLoose = (): boolean => segment.bytesNeeded(this.#settledNow) <= segment.bytes / 4;
    return (
      !segment.isEmpty &&
      (segment.isPassed(this.#committed) || (this.#settings.isShared && isLoose()))
    );
  }

  /**
   * Removes the oldest segments that are passed, and rewrites others as long as that is wanted; never the newest
   * one.
   */
  tidy(isWanted: () => boolean): Promise<Tidied> {
    return this.#do(async () => {
      const removed = await this.#remover.remove(this.#committed, true, this.#committedAt);
      const isSmaller =
        this.#settings.isShared && (await this.#rewriter.rewrite(this.#settledNow, isWanted));
      return { removed, isSmaller };
    });
  }

  /** Removes the oldest segments that are passed, also the newest one. */
  end(): Promise<number> {
    return this.#do(() => this.#remover.remove(this.#committed, false, this.#committedAt));
  }

  get #settledNow(): Committed {
    return this.#settled.before(this.#committedAt);
  }

  #do<Result>(act: () => Promise<Result>): Promise<Result> {
    const work = this.#work.then(act);
    this.#work = work.catch(noop);
    return work;
  }
}

function noop(): void {}
