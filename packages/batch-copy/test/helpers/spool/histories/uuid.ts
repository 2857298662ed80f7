import type { SeededRandom } from "../../fault/seeded-random.js";

/** A uuid, drawn at random. */
export function drawUuid(random: SeededRandom): string {
  const digits = Array.from({ length: 32 }, () => random.below(16).toString(16)).join("");
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
