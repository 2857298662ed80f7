import type { SeededRandom } from "../../fault/seeded-random.js";
import type { ChangeOrder } from "./simulated-directory.js";

/** What goes wrong with a disk, in so many of a hundred cases. */
export interface DiskFaults {
  /** Writes of which a part is written, without an error. */
  readonly shortWrites: number;
  /** Writes that fail, after any part of them. */
  readonly failedWrites: number;
  /** Syncs of files that fail. */
  readonly failedSyncs: number;
  /** Syncs of directories that fail. */
  readonly failedDirectorySyncs: number;
  /** Whether something is written back unasked, before a step. */
  readonly writeBacks: number;
}

/** A disk that does what it is asked for. */
export const CALM: DiskFaults = {
  shortWrites: 0,
  failedWrites: 0,
  failedSyncs: 0,
  failedDirectorySyncs: 0,
  writeBacks: 0,
};

/** What a disk is like. */
export interface DiskNature {
  /** How many bytes of a sector are written as a whole. */
  readonly unit: number;
  readonly order: ChangeOrder;
  readonly faults: DiskFaults;
}

export function drawNature(random: SeededRandom): DiskNature {
  const often = (chance: number, most: number): number =>
    random.percent(chance) ? 1 + random.below(most) : 0;
  return {
    unit: random.pick([512, 512, 64]),
    order: random.pick(["as made", "any"]),
    faults: {
      shortWrites: often(30, 15),
      failedWrites: often(30, 10),
      failedSyncs: often(40, 15),
      failedDirectorySyncs: often(15, 10),
      writeBacks: often(50, 20),
    },
  };
}
