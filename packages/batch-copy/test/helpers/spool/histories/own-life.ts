import { SpoolError } from "../../../../dist/errors.js";
import { FrameReader } from "../../../../dist/spool/frame-reader.js";
import { StreamWriter } from "../../../../dist/spool/stream-writer.js";
import { UncertainError } from "../../../../dist/spool/uncertain-error.js";
import type { LifeMeans } from "./life-means.js";
import { OwnStream, type OwnTable } from "./own-stream.js";
import { ReadRows, type RowSupply } from "./row-supply.js";
import { isPassing, unlessGone } from "./system-calls.js";
import { TableDelivery } from "./table-delivery.js";
import { drawUuid } from "./uuid.js";
import { pathOf, sourceOf, SPOOL } from "./world.js";

interface OwnDirectory {
  readonly id: string;
  readonly path: string;
}

/** What a life does with a stream of its own: it sends rows, delivers them, and removes what is delivered. */
export class OwnLife {
  readonly #means: LifeMeans;
  #hasSent = false;
  #isClosed = false;
  #directory: OwnDirectory | undefined;

  constructor(means: LifeMeans) {
    this.#means = means;
  }

  /** Resolves when it has closed the stream, or lost it. */
  async run(): Promise<void> {
    const { world } = this.#means;
    const writer = await this.#begin();
    const { id } = this.#directory!;
    const stream = new OwnStream(world, id, writer);
    await Promise.all([
      this.#send(stream),
      this.#deliver(stream),
      this.#remove(stream),
      world.random.percent(15) && this.#closeEarly(writer),
    ]);
    await this.#close(writer);
  }

  get #isOurs(): boolean {
    return this.#means.disk.exists(this.#directory!.path);
  }

  get #isOver(): boolean {
    return this.#isClosed || !this.#isOurs;
  }

  /** Begins a stream, and another one if the disk fails meanwhile. */
  async #begin(): Promise<StreamWriter> {
    for (;;) {
      const { id, path } = await this.#makeDirectory();
      try {
        return await this.#beginWriter(id);
      } catch (error) {
        if (!isPassing(error) && this.#isOurs) {
          throw error;
        }
        await this.#means.takeDown(id, path);
        await this.#means.pause(200);
      }
    }
  }

  async #makeDirectory(): Promise<OwnDirectory> {
    const { world, disk, name } = this.#means;
    const id = drawUuid(world.random);
    const fresh = `${SPOOL}/.new-${id}`;
    const path = pathOf(id, name, 0);
    await this.#means.persist(() => disk.makeDirectory(fresh));
    await disk.rename(fresh, path);
    await this.#means.persist(() => disk.syncDirectory(SPOOL));
    this.#directory = { id, path };
    return this.#directory;
  }

  #beginWriter(id: string): Promise<StreamWriter> {
    const { disk, world, clock, name } = this.#means;
    const { segmentBytes, maxBytes, isShared, retainMs } = world.plan;
    return StreamWriter.begin(disk, this.#directory!.path, {
      id,
      segmentBytes,
      maxBytes,
      otherBytes: () => 0,
      isShared,
      retainMs,
      clock,
      onTrouble: ({ kind, error }) => world.tell(`${name}: trouble: ${kind}: ${String(error)}`),
      isOurs: () => this.#isOurs,
    });
  }

  async #send(stream: OwnStream): Promise<void> {
    const { world, pause } = this.#means;
    for (let group = 0; group < world.plan.groups; group++) {
      if (world.random.percent(30)) {
        await pause(2000);
      }
      if (this.#isClosed) {
        return;
      }
      try {
        await stream.send();
      } catch (error) {
        if (!(error instanceof SpoolError)) {
          throw error;
        }
        if (error instanceof UncertainError) {
          break;
        }
      }
    }
    this.#hasSent = true;
  }

  async #deliver(stream: OwnStream): Promise<void> {
    const { random } = this.#means.world;
    const deliveries = stream.tables.map((table) => this.#deliveryOf(stream, table));
    try {
      while (!this.#isOver) {
        const number = this.#nextTable(deliveries.length);
        const table = stream.tables[number]!;
        const before = table.committed;
        await this.#advance(deliveries[number]!);
        table.committed = deliveries[number]!.position ?? 0;
        if (table.committed < before) {
          await this.#noteFall(stream);
        }
        if (this.#hasSent && stream.isCommitted) {
          break;
        }
        if (stream.isCommitted || random.percent(10)) {
          await this.#means.pause(1000);
        }
      }
    } catch (error) {
      // The files are no longer where they were.
      if (this.#isOurs) {
        throw error;
      }
    }
  }

  /** What is committed once more is retained from then on: so all that was forgotten is to be known before. */
  async #noteFall(stream: OwnStream): Promise<void> {
    let positions: readonly number[] | undefined;
    while (positions === undefined && !this.#isOver) {
      positions = await this.#positions(stream);
      await this.#means.pause(200);
    }
    if (positions !== undefined && this.#isOurs) {
      await stream.writer.removePassed((each) => positions[each]!);
    }
  }

  /** The first one may stand still most of the time. */
  #nextTable(tables: number): number {
    const { random, plan } = this.#means.world;
    return plan.hasStandstill && tables > 1 && random.percent(95)
      ? 1 + random.below(tables - 1)
      : random.below(tables);
  }

  async #advance(delivery: TableDelivery): Promise<void> {
    const isOwner = await delivery.advance();
    // The database may have forgotten what it had confirmed, and nobody tells if there is nothing to commit.
    if ((!isOwner || delivery.isDone) && this.#isOurs) {
      await delivery.claim();
    }
  }

  #deliveryOf(stream: OwnStream, table: OwnTable): TableDelivery {
    const { random } = this.#means.world;
    const memory: RowSupply = { from: async (number) => table.ids.slice(number) };
    const files = new ReadRows((number) => {
      const { files: segments } = stream.writer;
      const start = table.starts.findLast(({ row }) => row <= number)!;
      const from = random.percent(50) ? start.cursor : segments.cursorOf(table.number, number);
      return new FrameReader(segments, table.number, from);
    });
    return new TableDelivery(this.#means, {
      source: sourceOf(stream.id, table.number),
      end: () => table.ids.length,
      supply: () => (random.percent(50) ? memory : files),
    });
  }

  /** Removes segments all the time, by what the ledger says. */
  async #remove(stream: OwnStream): Promise<void> {
    while (!this.#isOver) {
      const isLast = this.#hasSent && stream.isCommitted;
      const positions = await this.#positions(stream);
      if (positions !== undefined && !this.#isOver) {
        await stream.writer.removePassed((table) => positions[table]!);
        if (isLast) {
          break;
        }
      }
      await this.#means.pause(2000);
    }
  }

  /** As the ledger has them now; undefined if it cannot be asked. */
  async #positions(stream: OwnStream): Promise<readonly number[] | undefined> {
    const { database } = this.#means.world;
    return this.#means.step("read the ledger", () =>
      database.isAway
        ? undefined
        : stream.tables.map(({ number }) => database.position(sourceOf(stream.id, number))),
    );
  }

  async #closeEarly(writer: StreamWriter): Promise<void> {
    await this.#means.pause(5000);
    await this.#close(writer);
  }

  /** Closes the writer. What is left in the directory is for others. */
  async #close(writer: StreamWriter): Promise<void> {
    if (this.#isOver) {
      return;
    }
    const { world, name, disk } = this.#means;
    const { id, path } = this.#directory!;
    this.#isClosed = true;
    await writer.close();
    world.tell(`${name}: closed`);
    if ((await unlessGone(disk.list(path)))?.length === 0) {
      await this.#means.takeDown(id, path);
    } else {
      world.alive.delete(name);
    }
  }
}
