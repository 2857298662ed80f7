import type { SeededRandom } from "../../fault/seeded-random.js";
import type { Machine } from "../simulated/machine.js";
import { SimulatedDirectory } from "../simulated/simulated-directory.js";
import { SimulatedFile } from "../simulated/simulated-file.js";
import { parseName, SPOOL } from "./world.js";

/** A bit that was changed on the disk. */
export interface Flip {
  readonly stream: string;
  /** The file's name. */
  readonly segment: string;
  /** Of the byte. */
  readonly offset: number;
}

/** Flips a bit of a stream that nobody has; undefined if there is none. */
export function flipBit(
  machine: Machine,
  random: SeededRandom,
  isAlive: (owner: string) => boolean,
): Flip | undefined {
  const root = machine.directory(SPOOL, "flip");
  const places = root.names.flatMap((name) => {
    const { stream, owner } = parseName(name) ?? {};
    const directory = root.get(name);
    return stream === undefined || isAlive(owner!) || !(directory instanceof SimulatedDirectory)
      ? []
      : directory.names.map((segment) => ({ stream, segment, file: directory.get(segment) }));
  });
  const filled = places.filter(({ file }) => file instanceof SimulatedFile && file.size > 0);
  if (filled.length === 0) {
    return undefined;
  }
  const { stream, segment, file } = random.pick(filled);
  const offset = random.below((file as SimulatedFile).size);
  (file as SimulatedFile).flip(offset * 8 + random.below(8));
  return { stream, segment, offset };
}
