import { sleep, type Clock } from "../batch/clock.js";
import { RewoundError, SpoolCorruptError, SpoolError } from "../errors.js";
import type { OwnSource } from "../source/own-source.js";
import type { Disk } from "../spool/disk.js";
import { FrameReader } from "../spool/frame-reader.js";
import type { LivingStream } from "../spool/living-stream.js";
import { StoredStream, type TableExtent } from "../spool/stored-stream.js";
import type { SpoolTrouble } from "../spool/stream-settings.js";
import { isMarkedAsClaimed, writeClaimMark } from "./claim-mark.js";
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

/** Milliseconds before rows are tried again that could not be written. */
const RETRY_MS = 1000;

/** The stream of a former life, which this process has adopted. */
export class FormerStream {
  readonly #parts: FormerStreamParts;
  readonly #life: LivingStream;
  readonly #stored: StoredStream;

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
    const positions =
      sources.length === 0 ? new Map() : await this.#parts.sources.durablePositions(sources);
    for (const { name, position } of sources) {
      const now = (positions.get(name) ?? 0n) as bigint;
      if (now < position) {
        throw new RewoundError(name, now, position);
      }
    }
    const committed = (table: number): number => extents.get(table)?.endRow ?? 0;
    await this.#stored.remover(this.#parts).remove(committed, false);
    await this.#life.end();
  }

  /**
   * Leaves it to whoever adopts it next.
   *
   * @param obstacle why nobody may before it is repaired
   */
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
      readFrom: (row) => new FrameReader(files, table, files.cursorOf(table, row)),
    };
    return target.adopt(rows);
  }
}
