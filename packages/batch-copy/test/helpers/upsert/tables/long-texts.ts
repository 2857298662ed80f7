import { SeededRandom } from "../../fault/seeded-random.js";

/** Text that does not get shorter when it is compressed. */
function noise(length: number): string {
  const random = new SeededRandom(length);
  return Array.from({ length }, () => String.fromCharCode(33 + random.below(94))).join("");
}

/** Long values of text. */
export const LONG_TEXTS = {
  /** Too long for its row, and short enough for an index. */
  toasted: noise(2400),
  /** Longer than the third of a page that a B-tree entry may have (BTMaxItemSize in nbtree.h). */
  tooLongForIndex: noise(4000),
} as const;
