import { sleep } from "../batch/clock.js";
import { RewoundError, SpoolCorruptError, SpoolError } from "../errors.js";
import type { OwnSource } from "../source/own-source.js";
import type { Disk } from "../spool/disk.js";
import { FrameReader } from "../spool/frame-reader.js";
import type { LivingStream } from "../spool/living-stream.js";
import { StoredStream, type TableExtent } from "../spool/stored-stream.js";
import type { Tidier, TidierSettings } from "../spool/tidier.js";
import { isMarkedAsClaimed, writeClaimMark } from "./claim-mark.js";
import type { FormerRows, FormerTarget } from "./former-target.js";
import { spooledSourceName } from "./spooled-source-name.js";
import type { SpooledSources } from "./spooled-sources.js";

/** What the rows of former lives are delivered with. */
export interface FormerStreamParts extends TidierSettings {
  readonly disk: Disk;
  readonly sources: SpooledSources;
  readonly target: FormerTarget;
}

/** Milliseconds before rows are tried again that could not be written. */
const RETRY_MS = 1000;

/** The stream of a former life, which this process has adopted. */
export class FormerStream {
  readonly #parts: FormerStreamParts;
  readonly #life: LivingStream;
  readonly #stored: StoredStream;
  readonly #tidier: Tidier;
  /** Those of its tables whose rows are being written, by the numbers of these. */
  readonly #sources = new Map<number, OwnSource>();
  #tidying: Promise<void> = Promise.resolve();
  #isLeft = false;

  private constructor(parts: FormerStreamParts, life: LivingStream, stored: StoredStream) {
    this.#parts = parts;
    this.#life = life;
    this.#stored = stored;
    this.#tidier = stored.tidier(parts);
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

  /** On disk now. */
  get bytes(): number {
    return this.#stored.bytes;
  }

  /** The qualified names of its tables. */
  get tables(): ReadonlySet<string> {
    return new Set(this.#stored.forms.map(({ name }) => name));
  }

  /**
   * Reads and checks all of it.
   *
   * @returns what it has of its tables, by their numbers
   * @throws SpoolCorruptError
   */
  scan(): Promise<ReadonlyMap<number, TableExtent>> {
    return this.#stored.scan();
  }

  /**
   * Writes the rows of one table, or passes them by, with as many attempts as it takes.
   *
   * @param onFailure called when an attempt has failed; returns whether there is to be another one
   * @throws the error that ends it
   */
  async write(
    table: number,
    extent: TableExtent,
    onFailure: (error: Error) => boolean,
  ): Promise<OwnSource> {
    while (true) {
      try {
        const source = await this.#feed(table, extent);
        await source.flushTo(BigInt(extent.endRow));
        return source;
      } catch (error) {
        const isFinal = error instanceof SpoolError || error instanceof SpoolCorruptError;
        if (!onFailure(error as Error) || isFinal) {
          throw error;
        }
        await sleep(this.#parts.clock, RETRY_MS);
      }
    }
  }

  /**
   * Removes it, when all its rows are written.
   *
   * @throws RewoundError if the server has forgotten some of them since
   */
  async remove(
    sources: readonly OwnSource[],
    extents: ReadonlyMap<number, TableExtent>,
  ): Promise<void> {
    this.#isLeft = true;
    const positions =
      sources.length === 0 ? new Map() : await this.#parts.sources.durablePositions(sources);
    for (const { name, position } of sources) {
      const now = (positions.get(name) ?? 0n) as bigint;
      if (now < position) {
        throw new RewoundError(name, now, position);
      }
    }
    this.#tidier.note((table) => extents.get(table)?.endRow ?? 0);
    await this.#tidier.end();
    await this.#life.end();
  }

  /**
   * Leaves it to whoever adopts it next.
   *
   * @param obstacle why nobody may before it is repaired
   */
  async leave(obstacle: string | undefined): Promise<void> {
    this.#isLeft = true;
    await this.#tidying;
    await this.#life.leave(obstacle);
  }

  /**
   * Makes room by what is committed while others of its rows wait.
   *
   * @param isWanted whether there is too little room
   */
  async tidy(isWanted: () => boolean): Promise<void> {
    const work = this.#tidy(isWanted);
    this.#tidying = work.catch(noop);
    await work;
  }

  async #tidy(isWanted: () => boolean): Promise<void> {
    const sources = [...this.#sources].filter(([, { isEnded }]) => !isEnded);
    if (sources.length === 0) {
      return;
    }
    const positions = await this.#parts.sources.durablePositions(sources.map(([, one]) => one));
    if (!this.#isLeft && this.#life.isOurs()) {
      const rows = new Map(sources.map(([table, { name }]) => [table, positions.get(name) ?? 0n]));
      this.#tidier.note((table) => Number(rows.get(table) ?? 0n));
      await this.#tidier.tidy(isWanted);
    }
  }

  async #feed(table: number, { forms, firstRow, endRow }: TableExtent): Promise<OwnSource> {
    const { disk, target: tables } = this.#parts;
    const { directory } = this.#life;
    const { files } = this.#stored;
    const target = await tables.of(forms.at(-1)!);
    const rows: FormerRows = {
      name: spooledSourceName(this.id, table),
      // Files may have been removed since an attempt before.
      firstRow: Math.max(firstRow, files.firstRow(table) ?? endRow),
      endRow,
      wasClaimed: isMarkedAsClaimed(disk, directory, table),
      noteClaim: () => writeClaimMark(disk, directory, table),
      readFrom: (row) => new FrameReader(files, table, files.cursorOf(table, row)),
    };
    const source = await target.adopt(rows);
    this.#sources.set(table, source);
    return source;
  }
}

function noop(): void {}
