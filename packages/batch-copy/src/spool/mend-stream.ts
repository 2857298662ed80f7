import { SpoolCorruptError, SpoolError } from "../errors.js";
import type { Disk } from "./disk.js";
import { FileWindow, NO_FILE } from "./file-window.js";
import { findHoles } from "./find-holes.js";
import { FRAME_HEADER_BYTES, frameKey } from "./frame.js";
import { LostRows } from "./lost-rows.js";
import { finishReplacements, replaceSegment } from "./replace-segment.js";
import { encodeSegmentHeader, type SegmentHeader, segmentPath } from "./segment-header.js";
import { segmentNumbers } from "./segment-numbers.js";
import { lastOf, readStoredSegment } from "./stored-segment.js";
import { StoredStream } from "./stored-stream.js";
import { wasSynced } from "./was-synced.js";

/** What became of a damaged stream. */
export interface MendedStream {
  /** The paths to which damaged segments were moved. */
  readonly moved: readonly string[];
  /** See {@link LostRows}. */
  readonly rowsLost: number;
}

/** A segment as it was found, and what those around it say. */
interface FoundSegment {
  readonly number: number;
  readonly isMissing: boolean;
  /** Undefined if it is missing, damaged, or one of another stream or place. */
  readonly header: SegmentHeader | undefined;
  /** Where its first frame begins, if it has a header. */
  readonly start: number;
  readonly size: number;
  readonly previous: SegmentHeader["previous"];
  /** Where it ends, as the next one says, or its own header if it was rewritten. */
  readonly declaredEnd: number | undefined;
  readonly isNewest: boolean;
}

/**
 * Mends a stream that this process owns: replaces its damaged segments by copies that have all valid frames at
 * their places, and void ones where there is none. So nothing changes for the segments around them.
 */
export class StreamMender {
  readonly #disk: Disk;
  readonly #directory: string;
  readonly #id: string;
  readonly #asideOf: (segment: number) => string;
  readonly #lost = new LostRows();
  readonly #moved: string[] = [];

  /** @param asideOf gives the path to which a damaged segment is moved */
  constructor(disk: Disk, directory: string, id: string, asideOf: (segment: number) => string) {
    this.#disk = disk;
    this.#directory = directory;
    this.#id = id;
    this.#asideOf = asideOf;
  }

  /**
   * Mends the stream, if it is damaged.
   *
   * @throws SpoolCorruptError or SpoolError if it cannot be mended
   */
  async mend(): Promise<MendedStream> {
    await finishReplacements(this.#disk, this.#directory);
    if (await this.#isDamaged()) {
      await this.#mendSegments();
      await this.#check();
    }
    return { moved: this.#moved, rowsLost: this.#lost.count };
  }

  async #isDamaged(): Promise<boolean> {
    try {
      await this.#check();
      return false;
    } catch (error) {
      if (error instanceof SpoolCorruptError) {
        return true;
      }
      throw error;
    }
  }

  async #check(): Promise<void> {
    const stream = await StoredStream.open(this.#disk, this.#directory, true);
    await stream.scan();
  }

  async #mendSegments(): Promise<void> {
    const numbers = await segmentNumbers(this.#disk, this.#directory);
    const [first, last] = [numbers[0]!, numbers.at(-1)!];
    await this.#learnForms(numbers);
    let previous: SegmentHeader["previous"] = null;
    let found = await this.#find(first);
    for (let number = first; number <= last;) {
      const rewritten = found.header?.rewritten;
      const through = lastOf({ number, header: found.header });
      const isNewest = through >= last;
      const next = isNewest ? undefined : await this.#find(through + 1);
      const declaredEnd = rewritten?.end ?? next?.header?.previous?.end;
      previous ??= found.header?.previous ?? (number === 1 ? null : { number: number - 1, end: 0 });
      const end = await this.#mendSegment({ ...found, number, previous, declaredEnd, isNewest });
      previous = { number: through, end: rewritten?.formerEnd ?? end };
      number = through + 1;
      found = next!;
    }
  }

  /** The header of a segment may have been the only place before its rows that had their forms. */
  async #learnForms(numbers: readonly number[]): Promise<void> {
    for (const number of numbers) {
      const { header } = await this.#find(number);
      header?.forms.forEach(([form, stored]) => this.#lost.learn(form, stored));
    }
  }

  async #find(
    number: number,
  ): Promise<Pick<FoundSegment, "header" | "start" | "size" | "isMissing">> {
    const path = segmentPath(this.#directory, number);
    if (!this.#disk.exists(path)) {
      return { header: undefined, start: 0, size: 0, isMissing: true };
    }
    const { header, start, size } = await readStoredSegment(this.#disk, path, number);
    const isOurs = header?.stream === this.#id && (header.previous?.number ?? 0) === number - 1;
    return { header: isOurs ? header : undefined, start, size, isMissing: false };
  }

  /** Replaces a segment if it is damaged or missing; returns where it ends. */
  async #mendSegment(segment: FoundSegment): Promise<number> {
    const { number, header, size, declaredEnd, isMissing, isNewest } = segment;
    const path = segmentPath(this.#directory, number);
    const key = frameKey(this.#id, number);
    const window = new FileWindow(isMissing ? NO_FILE : await this.#disk.open(path));
    try {
      if (isNewest && header === undefined && !(await wasSynced(window, key, 0, size))) {
        // It was never begun: whoever opens the stream removes it.
        return 0;
      }
      header?.forms.forEach(([form, stored]) => this.#lost.onForm(form, stored));
      header?.rewritten?.settled.forEach(([table, row]) => this.#lost.onSettled(table, row));
      const head = header === undefined ? this.#headOf(segment) : undefined;
      const start = head?.length ?? segment.start;
      const limit = declaredEnd ?? Math.max(size, start);
      const isEnd = declaredEnd !== undefined;
      const { end, holes } = await findHoles(window, { key, start }, limit, isEnd, this.#lost);
      const isCut = isNewest && end < size && (await wasSynced(window, key, end, size));
      if (head !== undefined || holes.length > 0 || isCut) {
        const aside = isMissing ? undefined : this.#asideOf(number);
        const copy = {
          number,
          key,
          head: head ?? (await window.read(0, start, start)),
          end,
          holes,
        };
        await replaceSegment(this.#disk, this.#directory, copy, window, aside);
        this.#moved.push(...(aside === undefined ? [] : [aside]));
      }
      return end;
    } finally {
      await window.close();
    }
  }

  /** A header in place of one that is damaged. It may have no forms, since the next one has them again. */
  #headOf({ number, previous, declaredEnd }: FoundSegment): Buffer {
    const createdAt = new Date().toISOString();
    const begin = { version: 1, stream: this.#id, number, createdAt, previous } as const;
    for (const forms of [this.#lost.forms, []]) {
      const head = encodeSegmentHeader({ ...begin, forms });
      const space = declaredEnd === undefined ? 0 : declaredEnd - head.length;
      if (space === 0 || space > FRAME_HEADER_BYTES) {
        return head;
      }
    }
    const path = segmentPath(this.#directory, number);
    throw new SpoolError(`${path} is damaged, and there is no room for another header`);
  }
}
