import type { Clock } from "../batch/clock.js";
import type { OwnSource } from "../source/own-source.js";
import type { Cursor } from "../spool/cursor.js";
import type { Disk } from "../spool/disk.js";
import { FrameReader } from "../spool/frame-reader.js";
import type { LivingStream } from "../spool/living-stream.js";
import { StoredStream, type TableExtent } from "../spool/stored-stream.js";
import type { SpoolTrouble } from "../spool/stream-settings.js";
import { writeClaimMark, isMarkedAsClaimed } from "./claim-mark.js";
import type { FormerRows, FormerTarget } from "./former-target.js";
import { spooledSourceName } from "./spooled-source-name.js";
import type { SpooledSources } from "./spooled-sources.js";

/** What the rows of former lives are delivered with. */
export interface FormerStreamParts {
  readonly disk: Disk;
  readonly clock: Clock;
  readonly retainMs: number;
  readonly sources: SpooledSources;
  readonly target: FormerTarget;
  readonly onTrouble: (trouble: SpoolTrouble) => void;
}

/** The stream of a former life, which this process has adopted. */
export class FormerStream {
  readonly #parts: FormerStreamParts;
  readonly #life: LivingStream;
  readonly #stored: StoredStream;
  /** By the numbers of their tables. */
  readonly #fed = new Map<number, { readonly source: OwnSource; readonly end: number }>();

  private constructor(parts: FormerStreamParts, life: LivingStream, stored: StoredStream) {
    this.#parts = parts;
    this.#life = life;
    this.#stored = stored;
  }

  /**
   * Opens a stream.
   *
   * @throws SpoolCorruptError for what the headers of its segments show
   */
  static async open(parts: FormerStreamParts, life: LivingStream): Promise<FormerStream> {
    return new FormerStream(parts, life, await StoredStream.open(parts.disk, life.directory, true));
  }

  /** Its uuid. */
  get id(): string {
    return this.#stored.id;
  }

  /** The qualified names of its tables. */
  get tables(): ReadonlySet<string> {
    return new Set(this.#stored.forms.map(({ name }) => name));
  }

  /**
   * Passes its rows on to be written, after those of streams that were fed before.
   *
   * @throws SpoolCorruptError
   * @throws SpoolError if the ledger does not fit to what is on disk
   * @throws ConnectError and SchemaMismatchError if a table cannot be opened; it may be called again
   */
  async feed(): Promise<void> {
    const extents = await this.#stored.scan();
    for (const [table, extent] of extents) {
      if (!this.#fed.has(table)) {
        this.#fed.set(table, { source: await this.#feed(table, extent), end: extent.endRow });
      }
    }
  }

  /**
   * Waits until its rows are written or passed by, and removes it.
   *
   * @throws the error with which a source has ended
   */
  async finish(): Promise<void> {
    const { sources: ledger } = this.#parts;
    const sources = Array.from(this.#fed.values(), ({ source }) => source);
    for (const { source, end } of this.#fed.values()) {
      await source.flushTo(BigInt(end));
    }
    if (sources.length > 0) {
      await ledger.durablePositions(sources);
    }
    const committed = (table: number): number => this.#fed.get(table)?.end ?? 0;
    await this.#stored.remover(this.#parts).remove(committed, () => undefined);
    await this.#life.end();
    await ledger.remove(sources.map(({ name }) => name));
  }

  /** Leaves it to whoever adopts it next; nobody will before it is repaired, if there is an obstacle. */
  leave(obstacle: string | undefined): Promise<void> {
    return this.#life.leave(obstacle);
  }

  async #feed(table: number, { forms, firstRow, endRow }: TableExtent): Promise<OwnSource> {
    const { disk, target: tables } = this.#parts;
    const { directory } = this.#life;
    const { files } = this.#stored;
    const target = await tables.of(forms.at(-1)!);
    const rows: FormerRows = {
      name: spooledSourceName(this.id, table),
      firstRow,
      endRow,
      wasClaimed: isMarkedAsClaimed(disk, directory, table),
      noteClaim: () => writeClaimMark(disk, directory, table),
      at: (row) => files.cursorOf(table, row),
      readFrom: (at: Cursor) => new FrameReader(files, table, at),
    };
    return target.adopt(rows);
  }
}
