import type { SeededRandom } from "../../fault/seeded-random.js";
import type { SimulatedFile } from "./simulated-file.js";

export type SimulatedEntry = SimulatedFile | SimulatedDirectory;

type Entries = Map<string, SimulatedEntry>;

/** Something done to a directory: one change, which takes place as a whole or not at all. */
type Change = (entries: Entries) => void;

/** In which order a file system makes changes of a directory durable: as they were made, or in any. */
export type ChangeOrder = "as made" | "any";

/** The entries of a directory as processes see them, and as they are on the disk. */
export class SimulatedDirectory {
  #cached: Entries = new Map();
  readonly #durable: Entries = new Map();
  #changes: Change[] = [];

  get names(): string[] {
    return [...this.#cached.keys()];
  }

  get entries(): readonly SimulatedEntry[] {
    return [...this.#cached.values()];
  }

  get(name: string): SimulatedEntry | undefined {
    return this.#cached.get(name);
  }

  link(name: string, entry: SimulatedEntry): void {
    this.#change((entries) => entries.set(name, entry));
  }

  unlink(name: string): void {
    this.#change((entries) => entries.delete(name));
  }

  rename(from: string, to: string): void {
    this.#change((entries) => {
      const entry = entries.get(from);
      // Without an earlier change, there may be nothing that this one could move.
      if (entry !== undefined) {
        entries.delete(from);
        entries.set(to, entry);
      }
    });
  }

  sync(): void {
    this.#changes.forEach((change) => change(this.#durable));
    this.#changes = [];
  }

  /** The power is cut: here, and in everything that is still there. */
  loseCache(random: SeededRandom, order: ChangeOrder): void {
    for (const change of this.#surviving(random, order)) {
      change(this.#durable);
    }
    this.#changes = [];
    this.#cached = new Map(this.#durable);
    for (const entry of this.#cached.values()) {
      entry.loseCache(random, order);
    }
  }

  #surviving(random: SeededRandom, order: ChangeOrder): readonly Change[] {
    return order === "as made"
      ? this.#changes.slice(0, random.below(this.#changes.length + 1))
      : this.#changes.filter(() => random.percent(50));
  }

  #change(change: Change): void {
    change(this.#cached);
    this.#changes.push(change);
  }
}
