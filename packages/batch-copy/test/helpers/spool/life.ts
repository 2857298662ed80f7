import type { Clock } from "../../../dist/batch/clock.js";
import { SpoolError } from "../../../dist/errors.js";
import { FrameReader } from "../../../dist/spool/frame-reader.js";
import { StreamWriter } from "../../../dist/spool/stream-writer.js";
import { UncertainError } from "../../../dist/spool/uncertain-error.js";
import { Adoption } from "./adoption.js";
import { OwnStream } from "./own-stream.js";
import { ProcessLife } from "./process-life.js";
import { ReadRows, type RowSupply } from "./row-supply.js";
import { SimulatedDisk } from "./simulated-disk.js";
import { isPassing, persist, removeAll, unlessGone } from "./system-calls.js";
import { TableDelivery } from "./table-delivery.js";
import { drawUuid } from "./uuid.js";
import { parseName, sourceOf, SPOOL, type World } from "./world.js";

/** Milliseconds between two looks for dead streams. */
const WATCH_MS = 10_000;

/** A process that sends rows, delivers them, and adopts what dead ones have left. */
export class Life {
  readonly process: ProcessLife;
  readonly #world: World;
  readonly #disk: SimulatedDisk;
  readonly #clock: Clock;
  #hasSent = false;
  #isDone = false;

  /** @param isSender or else it only adopts */
  constructor(world: World, name: string, isSender: boolean) {
    this.#world = world;
    this.process = new ProcessLife(name);
    this.#disk = new SimulatedDisk(world.machine, world.stepper, this.process);
    this.#clock = world.stepper.clockOf(this.process);
    world.alive.add(name);
    void this.#watched(this.#adoptAll());
    if (isSender) {
      void this.#watched(this.#live());
    } else {
      this.#hasSent = true;
      this.#isDone = true;
    }
  }

  get name(): string {
    return this.process.name;
  }

  /** Whether its own stream has ended, or it has lost it. */
  get isDone(): boolean {
    return this.#isDone || !this.process.isRunning;
  }

  async #watched(doing: Promise<void>): Promise<void> {
    try {
      await doing;
    } catch (error) {
      const problem = error instanceof Error ? (error.stack ?? error.message) : String(error);
      this.#world.problems.push(`${this.name} failed: ${problem}`);
    }
  }

  async #live(): Promise<void> {
    const { id, directory, writer } = await this.#beginStream();
    const isOurs = (): boolean => this.#disk.exists(directory);
    const stream = new OwnStream(this.#world, id, writer);
    await Promise.all([
      this.#send(stream),
      unlessTaken(this.#deliver(stream, isOurs), isOurs),
      this.#remove(stream, isOurs),
    ]);
    if (isOurs()) {
      await writer.close();
      this.#world.tell(`${this.name}: closed`);
      await this.#leave(id, directory);
    }
    this.#isDone = true;
  }

  /** Begins a stream, and another one if the disk fails meanwhile. */
  async #beginStream(): Promise<{ id: string; directory: string; writer: StreamWriter }> {
    for (;;) {
      const { id, directory } = await this.#makeDirectory();
      try {
        return { id, directory, writer: await this.#beginWriter(id, directory) };
      } catch (error) {
        if (!isPassing(error) && this.#disk.exists(directory)) {
          throw error;
        }
        await this.#takeDown(id, directory);
        await this.#pause(100);
      }
    }
  }

  #beginWriter(id: string, directory: string): Promise<StreamWriter> {
    const { segmentBytes, maxBytes, retainMs } = this.#world.plan;
    return StreamWriter.begin(this.#disk, directory, {
      id,
      segmentBytes,
      maxBytes,
      retainMs,
      clock: this.#clock,
      onTrouble: ({ kind, error }) => {
        this.#world.tell(`${this.name}: trouble: ${kind}: ${String(error)}`);
      },
      isOurs: () => this.#disk.exists(directory),
    });
  }

  async #makeDirectory(): Promise<{ id: string; directory: string }> {
    const id = drawUuid(this.#world.random);
    const fresh = `${SPOOL}/.new-${id}`;
    const directory = `${SPOOL}/${id}.${this.name}`;
    await this.#persist(() => this.#disk.makeDirectory(fresh));
    await this.#disk.rename(fresh, directory);
    await this.#persist(() => this.#disk.syncDirectory(SPOOL));
    return { id, directory };
  }

  async #send(stream: OwnStream): Promise<void> {
    for (let group = 0; group < this.#world.plan.groups; group++) {
      if (this.#world.random.percent(30)) {
        await this.#pause(this.#world.random.below(2000));
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

  async #deliver(stream: OwnStream, isOurs: () => boolean): Promise<void> {
    const deliveries = stream.tables.map((table) => {
      const memory: RowSupply = { from: async (number) => table.ids.slice(number) };
      const files = new ReadRows((number) => {
        const start = table.starts.findLast(({ row }) => row <= number)!;
        return new FrameReader(stream.writer.files, table.number, start.cursor);
      });
      return new TableDelivery(this.#world, {
        source: sourceOf(stream.id, table.number),
        owner: this.name,
        step: this.#step,
        end: () => table.ids.length,
        supply: () => (this.#world.random.percent(50) ? memory : files),
      });
    });
    while (isOurs()) {
      const delivery = this.#world.random.pick(deliveries);
      const isOwner = await delivery.advance();
      if (!isOwner && isOurs()) {
        await delivery.claim();
      }
      stream.tables.forEach((table, index) => {
        table.committed = deliveries[index]!.position ?? 0;
      });
      if (this.#hasSent && stream.isCommitted) {
        break;
      }
      if (stream.isCommitted || this.#world.random.percent(10)) {
        await this.#pause(50 + this.#world.random.below(1000));
      }
    }
  }

  /** Removes segments all the time, by what the ledger says. */
  async #remove(stream: OwnStream, isOurs: () => boolean): Promise<void> {
    while (isOurs()) {
      const isLast = this.#hasSent && stream.isCommitted;
      const positions = await this.#positions(stream);
      await stream.writer.removePassed((table) => positions[table]!);
      if (isLast) {
        break;
      }
      await this.#pause(100 + this.#world.random.below(2000));
    }
  }

  async #positions(stream: OwnStream): Promise<readonly number[]> {
    try {
      return await this.#step("read the ledger", () =>
        stream.tables.map(({ number }) =>
          this.#world.database.position(sourceOf(stream.id, number)),
        ),
      );
    } catch {
      return stream.tables.map(() => 0);
    }
  }

  /** Removes the directory of a stream that is empty. */
  async #leave(id: string, directory: string): Promise<void> {
    const left = await unlessGone(this.#disk.list(directory));
    if (left?.length === 0) {
      await this.#takeDown(id, directory);
    } else {
      // Others will deliver what is left, or find that all of it is delivered.
      this.#world.alive.delete(this.name);
    }
  }

  async #takeDown(id: string, directory: string): Promise<void> {
    const done = `${SPOOL}/.done-${id}`;
    await unlessGone(this.#disk.rename(directory, done));
    await this.#persist(() => this.#disk.syncDirectory(SPOOL));
    await removeAll(this.#disk, done);
    await this.#persist(() => this.#disk.syncDirectory(SPOOL));
  }

  /** Looks for dead streams, and delivers what they have, until the process ends. */
  async #adoptAll(): Promise<void> {
    while (this.process.isRunning) {
      for (const name of await this.#disk.list(SPOOL)) {
        await this.#tryToAdopt(name);
      }
      await this.#pause(WATCH_MS);
    }
  }

  async #tryToAdopt(name: string): Promise<void> {
    if (name.startsWith(".done-")) {
      await removeAll(this.#disk, `${SPOOL}/${name}`);
    }
    const { stream, owner } = parseName(name) ?? {};
    if (stream === undefined || owner === undefined || this.#world.alive.has(owner)) {
      return;
    }
    const directory = `${SPOOL}/${stream}.${this.name}`;
    try {
      await this.#disk.rename(`${SPOOL}/${name}`, directory);
    } catch {
      return;
    }
    await this.#persist(() => this.#disk.syncDirectory(SPOOL));
    const adoption = new Adoption(this.#world, {
      stream,
      directory,
      owner: this.name,
      disk: this.#disk,
      step: this.#step,
      pause: () => this.#pause(100 + this.#world.random.below(2000)),
    });
    if (await adoption.deliver()) {
      await this.#takeDown(stream, directory);
    }
  }

  readonly #step = <Result>(what: string, act: () => Result): Promise<Result> =>
    this.#world.stepper.step(this.process, what, act);

  #persist<Result>(act: () => Promise<Result>): Promise<Result> {
    return persist(act, () => this.#pause(100));
  }

  #pause(milliseconds: number): Promise<void> {
    return this.#world.stepper.pause(this.process, milliseconds);
  }
}

/** Resolves although it fails, if the stream is another life's now. */
async function unlessTaken(doing: Promise<void>, isOurs: () => boolean): Promise<void> {
  try {
    await doing;
  } catch (error) {
    if (isOurs()) {
      throw error;
    }
  }
}
