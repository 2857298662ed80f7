import type { SeededRandom } from "../../fault/seeded-random.js";
import { CALM, type DiskFaults, type DiskNature } from "./disk-faults.js";
import { SimulatedDirectory, type SimulatedEntry } from "./simulated-directory.js";
import { SimulatedFile } from "./simulated-file.js";
import { systemError } from "./system-error.js";

/** The files of a machine, which its processes see, and what goes wrong with them. */
export class Machine {
  readonly random: SeededRandom;
  readonly #nature: DiskNature;
  readonly #root = new SimulatedDirectory();
  #faults: DiskFaults;
  /** How many bytes the disk can hold. */
  capacity = Infinity;

  constructor(random: SeededRandom, nature: DiskNature) {
    this.random = random;
    this.#nature = nature;
    this.#faults = nature.faults;
  }

  get faults(): DiskFaults {
    return this.#faults;
  }

  /** Nothing goes wrong from now on. */
  calm(): void {
    this.#faults = CALM;
    this.capacity = Infinity;
  }

  /** How many bytes files have. */
  get used(): number {
    return bytesIn(this.#root);
  }

  /** How many bytes there is room for. */
  get room(): number {
    return Math.max(0, this.capacity - this.used);
  }

  newFile(): SimulatedFile {
    return new SimulatedFile(this.#nature);
  }

  /** What is at the path, or undefined. */
  find(path: string): SimulatedEntry | undefined {
    let entry: SimulatedEntry | undefined = this.#root;
    for (const name of namesOf(path)) {
      entry = entry instanceof SimulatedDirectory ? entry.get(name) : undefined;
    }
    return entry;
  }

  file(path: string, call: string): SimulatedFile {
    const entry = this.#existing(path, call);
    if (entry instanceof SimulatedDirectory) {
      throw systemError("EISDIR", call, path);
    }
    return entry;
  }

  directory(path: string, call: string): SimulatedDirectory {
    const entry = this.#existing(path, call);
    if (entry instanceof SimulatedFile) {
      throw systemError("ENOTDIR", call, path);
    }
    return entry;
  }

  /** The directory that the path is in, and its name there. */
  place(
    path: string,
    call: string,
  ): { readonly parent: SimulatedDirectory; readonly name: string } {
    const names = namesOf(path);
    const name = names.pop()!;
    return { parent: this.directory(`/${names.join("/")}`, call), name };
  }

  /** Makes a directory, durably and at once: for what a history begins with. */
  install(path: string): void {
    const { parent, name } = this.place(path, "mkdir");
    parent.link(name, new SimulatedDirectory());
    parent.sync();
  }

  /** Cuts the power: what was not synced may be lost. */
  losePower(): void {
    this.#root.loseCache(this.random, this.#nature.order);
  }

  #existing(path: string, call: string): SimulatedEntry {
    const entry = this.find(path);
    if (entry === undefined) {
      throw systemError("ENOENT", call, path);
    }
    return entry;
  }
}

function namesOf(path: string): string[] {
  return path.split("/").filter((name) => name !== "");
}

function bytesIn(directory: SimulatedDirectory): number {
  return directory.entries.reduce(
    (sum, entry) => sum + (entry instanceof SimulatedFile ? entry.size : bytesIn(entry)),
    0,
  );
}
