import type { Clock } from "../../../../dist/batch/clock.js";
import { SeededRandom } from "../../fault/seeded-random.js";
import { CALM, type DiskFaults } from "./disk-faults.js";
import { Machine } from "./machine.js";
import { ProcessLife } from "./process-life.js";
import { SimulatedDisk } from "./simulated-disk.js";
import { Stepper } from "./stepper.js";

/** A machine and one process at a time, for tests that say what happens. */
export class DiskScene {
  readonly machine: Machine;
  readonly #stepper: Stepper;
  #life = new ProcessLife("life");

  constructor(seed: number, faults: Partial<DiskFaults> = {}) {
    const random = new SeededRandom(seed);
    this.machine = new Machine(random, { unit: 512, order: "any", faults: { ...CALM, ...faults } });
    this.#stepper = new Stepper(random, () => undefined);
  }

  /** As the process has it. */
  get disk(): SimulatedDisk {
    return new SimulatedDisk(this.machine, this.#stepper, this.#life);
  }

  get clock(): Clock {
    return this.#stepper.clockOf(this.#life);
  }

  /** Lets everything happen that is asked for. */
  readonly run = async <Result>(asked: Promise<Result>): Promise<Result> => {
    const [result] = await Promise.all([asked, this.#goOn()]);
    return result;
  };

  /** Ends the process, and begins another one. */
  kill(): void {
    this.#stepper.kill(this.#life);
    this.#life = new ProcessLife("life");
  }

  async #goOn(): Promise<void> {
    while (await this.#stepper.next()) {
      // The next step.
    }
  }
}
