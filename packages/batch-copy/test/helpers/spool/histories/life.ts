import { ProcessLife } from "../simulated/process-life.js";
import { Adopter } from "./adopter.js";
import { LifeMeans } from "./life-means.js";
import { Onlooker } from "./onlooker.js";
import { OwnLife } from "./own-life.js";
import type { World } from "./world.js";

/** A process that sends rows, delivers them, and adopts what dead ones have left. */
export class Life {
  readonly process: ProcessLife;
  readonly #world: World;
  #isDone = false;

  /** @param isSender or else it only adopts */
  constructor(world: World, name: string, isSender: boolean) {
    this.#world = world;
    this.process = new ProcessLife(name);
    world.alive.add(name);
    const means = new LifeMeans(world, this.process);
    void this.#watched(new Adopter(means).run());
    if (world.random.percent(20)) {
      void this.#watched(new Onlooker(means).run());
    }
    void this.#watched(this.#live(means, isSender));
  }

  get name(): string {
    return this.process.name;
  }

  /** Whether its own stream has ended, or it has lost it. */
  get isDone(): boolean {
    return this.#isDone || !this.process.isRunning;
  }

  async #live(means: LifeMeans, isSender: boolean): Promise<void> {
    if (isSender) {
      await new OwnLife(means).run();
    }
    this.#isDone = true;
  }

  async #watched(doing: Promise<void>): Promise<void> {
    try {
      await doing;
    } catch (error) {
      const problem = error instanceof Error ? (error.stack ?? error.message) : String(error);
      this.#world.problems.push(`${this.name} failed: ${problem}`);
    }
  }
}
