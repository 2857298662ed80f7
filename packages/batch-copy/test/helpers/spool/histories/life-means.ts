import type { Clock } from "../../../../dist/batch/clock.js";
import type { ProcessLife } from "../simulated/process-life.js";
import { SimulatedDisk } from "../simulated/simulated-disk.js";
import { persist, removeAll, unlessGone } from "./system-calls.js";
import { SPOOL, type World } from "./world.js";

/** What a life can do: use its disk, wait, and go to the database, each a step of the history. */
export class LifeMeans {
  readonly world: World;
  readonly process: ProcessLife;
  readonly disk: SimulatedDisk;
  readonly clock: Clock;

  constructor(world: World, process: ProcessLife) {
    this.world = world;
    this.process = process;
    this.disk = new SimulatedDisk(world.machine, world.stepper, process);
    this.clock = world.stepper.clockOf(process);
  }

  get name(): string {
    return this.process.name;
  }

  readonly step = <Result>(what: string, act: () => Result): Promise<Result> =>
    this.world.stepper.step(this.process, what, act);

  /** Waits for some time, at most so many milliseconds. */
  readonly pause = (most: number): Promise<void> =>
    this.world.stepper.pause(this.process, 1 + this.world.random.below(most));

  /** Repeats what fails because of the disk. */
  persist<Result>(act: () => Promise<Result>): Promise<Result> {
    return persist(act, () => this.pause(200));
  }

  /** Removes the directory of a stream. */
  async takeDown(stream: string, directory: string): Promise<void> {
    const done = `${SPOOL}/.done-${stream}`;
    await unlessGone(this.disk.rename(directory, done));
    await this.persist(() => this.disk.syncDirectory(SPOOL));
    await removeAll(this.disk, done);
    await this.persist(() => this.disk.syncDirectory(SPOOL));
  }
}
