import type { DiskFile } from "../../../../dist/spool/disk.js";
import type { Machine } from "./machine.js";
import type { ProcessLife } from "./process-life.js";
import type { SimulatedFile } from "./simulated-file.js";
import type { Stepper } from "./stepper.js";
import { systemError } from "./system-error.js";

interface Surroundings {
  readonly machine: Machine;
  readonly stepper: Stepper;
  readonly life: ProcessLife;
}

/** An open file of a process. It stays open if the file is renamed or removed. */
export class SimulatedDiskFile implements DiskFile {
  readonly #file: SimulatedFile;
  readonly #path: string;
  readonly #around: Surroundings;
  #isOpen = true;

  constructor(file: SimulatedFile, path: string, around: Surroundings) {
    this.#file = file;
    this.#path = path;
    this.#around = around;
  }

  async writeDurably(parts: readonly Buffer[], position: number): Promise<number> {
    const bytes = Buffer.concat(parts);
    const written = await this.#step(
      `write ${bytes.length} at ${position}`,
      () => this.#write(bytes, position),
      () => this.#writePart(bytes, position),
    );
    if (written === bytes.length || this.#around.machine.random.percent(50)) {
      await this.sync();
    }
    return written;
  }

  read(buffer: Buffer, position: number): Promise<number> {
    return this.#step(`read ${buffer.length} at ${position}`, () => {
      if (this.#around.machine.random.percent(20)) {
        this.#file.evict();
      }
      return this.#file.read(buffer, position);
    });
  }

  size(): Promise<number> {
    return this.#step("stat", () => this.#file.size);
  }

  async truncateDurably(bytes: number): Promise<void> {
    await this.#step(`cut to ${bytes}`, () => this.#file.truncate(bytes));
    await this.sync();
  }

  sync(): Promise<void> {
    return this.#step("sync", () => {
      const { random, faults } = this.#around.machine;
      if (random.percent(faults.failedSyncs)) {
        this.#file.failSync(random);
        throw systemError(random.pick(["EIO", "EIO", "ENOSPC"]), "fdatasync", this.#path);
      }
      this.#file.sync();
    });
  }

  close(): Promise<void> {
    return this.#step("close", () => {
      this.#isOpen = false;
    });
  }

  #step<Result>(what: string, act: () => Result, cutOff?: () => void): Promise<Result> {
    if (!this.#isOpen) {
      throw new Error(`${this.#path} was closed already`);
    }
    const { machine, stepper, life } = this.#around;
    if (machine.random.percent(machine.faults.writeBacks)) {
      this.#file.writeBack(machine.random);
    }
    return stepper.step(life, `${what} ${this.#path}`, act, cutOff);
  }

  #write(bytes: Buffer, position: number): number {
    const { random, faults, room } = this.#around.machine;
    const fitting = Math.max(0, Math.min(bytes.length, room + this.#file.size - position));
    if (random.percent(faults.failedWrites)) {
      this.#file.write(bytes.subarray(0, random.below(fitting + 1)), position);
      throw systemError("EIO", "write", this.#path);
    }
    const most = random.percent(faults.shortWrites) ? random.below(fitting + 1) : fitting;
    this.#file.write(bytes.subarray(0, most), position);
    // Nothing fits, or what is left after a part that did is written by another call.
    if (most < bytes.length && (most === 0 || random.percent(30))) {
      throw systemError("ENOSPC", "write", this.#path);
    }
    return most;
  }

  /** The process was killed during the call. */
  #writePart(bytes: Buffer, position: number): void {
    const { random } = this.#around.machine;
    const end = random.pick([0, bytes.length, random.below(bytes.length + 1)]);
    this.#file.write(bytes.subarray(0, end), position);
  }
}
