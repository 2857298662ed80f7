import { SpoolError } from "../errors.js";
import type { Cursor } from "./cursor.js";
import type { Disk } from "./disk.js";
import { diskFull, isDiskFull } from "./file-errors.js";
import { FRAME_HEADER_BYTES } from "./frame.js";
import { encodeGroup, type Group, lengthOf, type RowsToStore } from "./group.js";
import { newSegment, type OpenSegment } from "./new-segment.js";
import { Pause } from "./pause.js";
import { removeIfThere } from "./remove-if-there.js";
import { type SegmentHeader, segmentPath } from "./segment-header.js";
import type { Committed, RowsInSegment, SegmentInfo } from "./segment.js";
import { type SegmentFiles, Segments } from "./segments.js";
import type { StoredForm } from "./stored-form.js";
import type { StreamSettings } from "./stream-settings.js";
import { Tidier } from "./tidier.js";
import { UncertainError } from "./uncertain-error.js";

/**
 * Writes the stream of this process.
 *
 * The segment that is written has one end, which moves only after a sync. What is behind it is nobody's:
 *
 * - A write that was short, for want of space, is cut, durably, and tried again at the same place. If the power
 *   fails before the cut is durable, a reader finds the beginning of rows of which nobody was told anything.
 * - After a failed write, sync or cut, nothing is known about the file behind the end, and it is never written
 *   or synced again. The next segment's header says where it ends. Only when that header is durable are the
 *   rows refused: from then on, no reader can see them.
 */
export class StreamWriter {
  /** The uuid of the stream. */
  readonly id: string;
  readonly #disk: Disk;
  readonly #directory: string;
  readonly #settings: StreamSettings;
  readonly #segments: Segments;
  readonly #tidier: Tidier;
  readonly #pause: Pause;
  /** The rows of each table end here. */
  readonly #rowEnds = new Map<number, number>();
  #open: OpenSegment;
  /** The number of forms that are durable. */
  #durableForms = 0;
  #appending: Promise<void> | undefined;
  #isClosing = false;
  #isTaken = false;
  #isFileOpen = true;
  #isFull = false;

  private constructor(disk: Disk, directory: string, settings: StreamSettings, first: OpenSegment) {
    this.id = settings.id;
    this.#disk = disk;
    this.#directory = directory;
    this.#settings = settings;
    this.#segments = new Segments(disk);
    this.#segments.add(first.segment);
    this.#tidier = new Tidier(disk, directory, this.#segments, settings);
    this.#pause = new Pause(settings.clock);
    this.#open = first;
  }

  /**
   * Begins a stream in a directory which exists, and has no segments. Its first segment is durable then.
   *
   * @throws the file system's error
   */
  static async begin(
    disk: Disk,
    directory: string,
    settings: StreamSettings,
  ): Promise<StreamWriter> {
    const first = await newSegment(disk, directory, headerOf(settings.id, 1, null, []));
    return new StreamWriter(disk, directory, settings, first);
  }

  /** For readers: what is durable. */
  get files(): SegmentFiles {
    return this.#segments;
  }

  /** The oldest first; the last one is being written. */
  get segments(): readonly SegmentInfo[] {
    return this.#segments.list;
  }

  /** Where the next frame will begin: everything before it is durable. */
  get end(): Cursor {
    const { number, end } = this.#open.segment;
    return { segment: number, position: end };
  }

  /** On disk now. */
  get bytes(): number {
    return this.#segments.bytes;
  }

  /** How many bytes may be written until something is removed. Negative if there are too many. */
  get room(): number {
    const { isShared, maxBytes, otherBytes, segmentBytes } = this.#settings;
    // A segment that is rewritten is there twice for a moment.
    return maxBytes - (isShared ? segmentBytes : 0) - otherBytes() - this.bytes;
  }

  /** Bytes of the rows of a table from this one on, about. */
  bytesOf(table: number, row: number): number {
    return this.#segments.bytesOf(table, row);
  }

  /** Notes a form, which is written before the first rows that have it. Returns its number. */
  addForm(form: StoredForm): number {
    const number = this.#segments.forms.size;
    this.#segments.addForm(number, form);
    return number;
  }

  /** Whether there is room for so many bytes of rows, in each of some appended entries. */
  hasRoom(bytes: readonly number[]): boolean {
    return this.#hasRoom(bytes.reduce((sum, length) => sum + length + FRAME_HEADER_BYTES, 0));
  }

  /** Makes room by what is committed, because there is none for the next rows. Not beside an append. */
  makeRoom(): Promise<void> {
    return this.#alone(() => this.#free(this.#reachedMaxBytes()));
  }

  /**
   * Makes rows durable, all or none. One call at a time. As long as the disk or `maxBytes` is full, it waits.
   *
   * @param isBeyond whether they may exceed `maxBytes`
   * @returns where the frame of each entry begins
   * @throws SpoolError if it is certain, also after a power cut, that no reader will ever see these rows
   * @throws UncertainError if that is not certain: another process has taken the stream, or it was closed
   * while nothing could be written
   */
  append(rows: readonly RowsToStore[], isBeyond = false): Promise<readonly Cursor[]> {
    return this.#alone(() => this.#append(rows, isBeyond));
  }

  async #alone<Result>(begin: () => Promise<Result>): Promise<Result> {
    if (this.#appending !== undefined || this.#isClosing) {
      throw new Error("append() is called while another call runs, or after close()");
    }
    const work = begin();
    this.#appending = work.then(noop, noop);
    try {
      return await work;
    } finally {
      this.#appending = undefined;
    }
  }

  /**
   * Removes the oldest segments whose rows are all committed, and have been for `retainMs`; never the one that
   * is being written. If others hold little else, and take too much room, they are rewritten. Call it after
   * commits that are durable, and from time to time.
   *
   * @returns how many were removed
   */
  async removePassed(committed: Committed): Promise<number> {
    this.#tidier.note(committed);
    const { removed, isSmaller } = await this.#tidier.tidy(() => this.#isHalfFull);
    if (removed > 0 || isSmaller || this.#tidier.isSpent(this.#open.segment)) {
      this.wake();
    }
    return removed;
  }

  /** Called when there may be room because of other streams. */
  wake(): void {
    this.#pause.wake();
  }

  /**
   * Closes its file, and removes the segments whose rows were committed at the last `removePassed()`, the last
   * one as well, unless they are still retained. An append that waits is given up.
   */
  async close(): Promise<void> {
    this.#isClosing = true;
    this.#pause.wake();
    await this.#appending;
    await this.#closeFile();
    if (!this.#isTaken) {
      await this.#tidier.end();
    }
  }

  async #append(rows: readonly RowsToStore[], isBeyond: boolean): Promise<readonly Cursor[]> {
    this.#check(rows);
    this.#assertOurs(SpoolError);
    const bytes = rows.reduce((sum, { tuples }) => sum + lengthOf(tuples) + FRAME_HEADER_BYTES, 0);
    if (this.#isSegmentDone()) {
      await this.#beginNext(SpoolError);
    }
    for (;;) {
      if (!isBeyond) {
        await this.#waitForRoom(bytes);
      }
      const forms = this.#newForms();
      const { segment } = this.#open;
      const group = encodeGroup(segment, forms, rows);
      const error = await this.#write(group);
      if (error === undefined) {
        this.#accept(rows, group, forms.length);
        return group.cursors;
      }
      if (!isDiskFull(error)) {
        throw new SpoolError(`Rows could not be written to ${segment.path}`, { cause: error });
      }
      await this.#waitWhileFull(error);
    }
  }

  #isSegmentDone(): boolean {
    const { segment } = this.#open;
    return segment.end >= this.#settings.segmentBytes && !segment.isEmpty;
  }

  /** Those that are not durable: mostly none. */
  #newForms(): readonly (readonly [number, StoredForm])[] {
    const { forms } = this.#segments;
    return forms.size === this.#durableForms ? [] : [...forms].slice(this.#durableForms);
  }

  /** Writes a group. If it returns an error, it is certain that no reader will see these frames. */
  async #write(group: Group): Promise<Error | undefined> {
    const { file, segment } = this.#open;
    const bytes = group.end - segment.end;
    try {
      if ((await file.writeDurably(group.parts, segment.end)) === bytes) {
        return undefined;
      }
      if (this.#settings.isOurs()) {
        await file.truncateDurably(segment.end);
        return diskFull(segment.path);
      }
    } catch (error) {
      segment.bytes = Math.max(segment.bytes, group.end);
      this.#settings.onTrouble({ kind: "failed", error: error as Error });
      await this.#beginNext(UncertainError);
      return error as Error;
    }
    // Whoever has taken the stream may have read some of these rows: a cut would take them away again.
    throw this.#taken(UncertainError);
  }

  #accept(rows: readonly RowsToStore[], group: Group, forms: number): void {
    this.#assertOurs(UncertainError);
    this.#isFull = false;
    this.#pause.reset();
    this.#durableForms += forms;
    const added = rows.map(({ form, firstRow, rows: count, tuples }): RowsInSegment => {
      const { table } = this.#segments.form(form)!;
      const bytes = lengthOf(tuples) + FRAME_HEADER_BYTES;
      return { table, firstRow, endRow: firstRow + count, bytes };
    });
    this.#open.segment.extend(group.end, added);
    for (const { table, endRow } of added) {
      this.#rowEnds.set(table, endRow);
    }
  }

  /** Ends the segment where it is durable, and begins the next one, however long that takes. */
  async #beginNext(Interrupted: typeof SpoolError): Promise<void> {
    const { segment } = this.#open;
    const number = segment.number + 1;
    const previous = { number: segment.number, end: segment.end };
    const path = segmentPath(this.#directory, number);
    await this.#closeFile().catch((error: Error) => {
      this.#settings.onTrouble({ kind: "failed", error });
    });
    for (let mayExist = false; ; mayExist = true) {
      try {
        if (mayExist) {
          await removeIfThere(this.#disk, path);
        }
        const forms = [...this.#segments.forms];
        const header = headerOf(this.id, number, previous, forms);
        this.#open = await newSegment(this.#disk, this.#directory, header);
        this.#isFileOpen = true;
        this.#segments.add(this.#open.segment);
        this.#durableForms = forms.length;
        return;
      } catch (error) {
        this.#settings.onTrouble({ kind: "segment", error: error as Error });
        await this.#wait(Interrupted, error as Error);
      }
    }
  }

  async #waitForRoom(bytes: number): Promise<void> {
    while (!this.#hasRoom(bytes)) {
      const error = this.#reachedMaxBytes();
      await this.#free(error);
      if (!this.#hasRoom(bytes)) {
        await this.#wait(SpoolError, error);
      }
    }
  }

  #reachedMaxBytes(): SpoolError {
    return new SpoolError(`The spool has reached maxBytes, ${this.#settings.maxBytes}`);
  }

  async #waitWhileFull(error: Error): Promise<void> {
    await this.#free(error);
    await this.#wait(SpoolError, error);
  }

  #hasRoom(bytes: number): boolean {
    const isAlone = this.#segments.list.length === 1 && this.#open.segment.isEmpty;
    return (isAlone && this.#settings.otherBytes() === 0) || bytes <= this.room;
  }

  get #isHalfFull(): boolean {
    const { maxBytes, otherBytes } = this.#settings;
    return this.bytes + otherBytes() > maxBytes / 2;
  }

  /** Makes room by what is committed, also in the segment that is being written. */
  async #free(error: Error): Promise<void> {
    if (!this.#isFull) {
      this.#isFull = true;
      this.#settings.onTrouble({ kind: "full", error });
    }
    if (this.#tidier.isSpent(this.#open.segment)) {
      await this.#beginNext(SpoolError);
    }
    await this.#tidier.tidy(() => true);
  }

  async #wait(Interrupted: typeof SpoolError, cause: Error): Promise<void> {
    if (!this.#isClosing) {
      await this.#pause.wait();
    }
    if (this.#isClosing) {
      throw new Interrupted("The spool was closed while rows waited to be written", { cause });
    }
    this.#assertOurs(Interrupted);
  }

  #assertOurs(Interrupted: typeof SpoolError): void {
    if (this.#isTaken || !this.#settings.isOurs()) {
      throw this.#taken(Interrupted);
    }
  }

  #taken(Interrupted: typeof SpoolError): SpoolError {
    this.#isTaken = true;
    return new Interrupted(`Another process has taken the stream ${this.id}`);
  }

  async #closeFile(): Promise<void> {
    if (this.#isFileOpen) {
      this.#isFileOpen = false;
      await this.#open.file.close();
    }
  }

  /** Rows that are numbered as former ones would be taken for these, and skipped. */
  #check(rows: readonly RowsToStore[]): void {
    const ends = new Map<number, number>();
    for (const { form, firstRow, rows: count } of rows) {
      const table = this.#segments.form(form)?.table ?? -1;
      const end = ends.get(table) ?? this.#rowEnds.get(table) ?? 0;
      if (table < 0 || count < 1 || firstRow < end) {
        throw new Error(`Rows of form ${form} cannot begin with number ${firstRow}`);
      }
      ends.set(table, firstRow + count);
    }
  }
}

function headerOf(
  stream: string,
  number: number,
  previous: SegmentHeader["previous"],
  forms: SegmentHeader["forms"],
): SegmentHeader {
  return { version: 1, stream, number, createdAt: new Date().toISOString(), previous, forms };
}

function noop(): void {}
