import { OutcomeUnknownError, SpoolError } from "../errors.js";
import type { Cursor } from "../spool/cursor.js";
import type { Disk } from "../spool/disk.js";
import { FrameReader } from "../spool/frame-reader.js";
import type { RowsToStore } from "../spool/group.js";
import type { LivingStream } from "../spool/living-stream.js";
import type { StoredForm } from "../spool/stored-form.js";
import type { StreamSettings } from "../spool/stream-settings.js";
import { StreamWriter } from "../spool/stream-writer.js";
import { UncertainError } from "../spool/uncertain-error.js";
import { writeClaimMark } from "./claim-mark.js";
import { spooledSourceName } from "./spooled-source-name.js";

/** The stream that rows are written to now. */
export class LiveStream {
  readonly #disk: Disk;
  readonly #life: LivingStream;
  readonly #writer: StreamWriter;
  #tables = 0;
  #stopping: Promise<void> | undefined;

  private constructor(disk: Disk, life: LivingStream, writer: StreamWriter) {
    this.#disk = disk;
    this.#life = life;
    this.#writer = writer;
  }

  /** Begins a stream in the directory of a life. */
  static async begin(
    disk: Disk,
    life: LivingStream,
    settings: Omit<StreamSettings, "id" | "isOurs">,
  ): Promise<LiveStream> {
    const writer = await StreamWriter.begin(disk, life.directory, {
      ...settings,
      id: life.id,
      isOurs: () => life.isOurs(),
    });
    return new LiveStream(disk, life, writer);
  }

  /** Its uuid, and that of its owner. */
  get owner(): { readonly id: string; readonly owner: string } {
    return this.#life;
  }

  /** Whether it still belongs to this process. */
  get isOurs(): boolean {
    return this.#life.isOurs();
  }

  /** How many files it has. */
  get segments(): number {
    return this.#writer.segments.length;
  }

  /** On disk. */
  get bytes(): number {
    return this.#writer.bytes;
  }

  /** See `StreamWriter.room`. */
  get room(): number {
    return this.#writer.room;
  }

  /** Bytes of the rows of a table from this one on, about. */
  bytesOf(table: number, row: number): number {
    return this.#writer.bytesOf(table, row);
  }

  /** Returns the number of a further table. */
  addTable(): number {
    return this.#tables++;
  }

  /** The name in the ledger of the source of a table. */
  sourceName(table: number): string {
    return spooledSourceName(this.#life.id, table);
  }

  /** See `writeClaimMark`. */
  noteClaim(table: number): Promise<void> {
    return writeClaimMark(this.#disk, this.#life.directory, table);
  }

  /** See `StreamWriter.addForm`. */
  addForm(form: StoredForm): number {
    return this.#writer.addForm(form);
  }

  /** Reads rows of a table again, from the frame on that has a row. */
  readFrom(table: number, row: number): FrameReader {
    const { files } = this.#writer;
    return new FrameReader(files, table, files.cursorOf(table, row));
  }

  /**
   * Whether there is room for so many bytes of each of some tables. Also if they will be refused, so that nobody
   * waits.
   */
  hasRoom(bytes: readonly number[]): boolean {
    return this.#stopping !== undefined || !this.isOurs || this.#writer.hasRoom(bytes);
  }

  /** See `StreamWriter.makeRoom`. */
  makeRoom(): Promise<void> {
    return this.#writer.makeRoom();
  }

  /**
   * Makes rows durable, unless it was stopped. See `StreamWriter.append`. There was room for them when they were
   * taken: a header or another stream that has come in between must not make them wait, because their senders
   * could not withdraw them any more, and nothing could pass them.
   *
   * @throws SpoolError if they never will be
   * @throws OutcomeUnknownError if another process has taken the stream, and may have read them
   */
  async append(rows: readonly RowsToStore[]): Promise<readonly Cursor[]> {
    if (this.#stopping !== undefined) {
      throw new SpoolError("The spool was closed while rows waited to be written");
    }
    try {
      return await this.#writer.append(rows, true);
    } catch (error) {
      throw error instanceof UncertainError
        ? new OutcomeUnknownError({ source: `spool/${this.#life.id}` }, { cause: error })
        : error;
    }
  }

  /** Removes files whose rows are all below these positions, by table. */
  async remove(committed: ReadonlyMap<string, bigint>): Promise<void> {
    await this.#writer.removePassed((table) => {
      return Number(committed.get(this.sourceName(table)) ?? 0n);
    });
  }

  /** Called when there may be room because of other streams. */
  wake(): void {
    this.#writer.wake();
  }

  /** Writes nothing more. Rows that wait for room are refused. */
  stop(): Promise<void> {
    this.#stopping ??= this.#writer.close();
    return this.#stopping;
  }

  /** Ends it; all its rows are committed, durably. */
  async end(): Promise<void> {
    await this.stop();
    await this.#life.end();
  }

  /**
   * Leaves it to whoever adopts it next.
   *
   * @param obstacle why nobody may before it is repaired
   */
  async leave(obstacle: string | undefined): Promise<void> {
    await this.stop();
    if (this.#life.isOurs()) {
      await this.#life.leave(obstacle);
    }
  }
}
