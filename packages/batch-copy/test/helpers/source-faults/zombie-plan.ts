import { cutPlan } from "../fault/cut-plan.js";
import type { Fault, Plan } from "../fault/plan.js";
import { SeededRandom } from "../fault/seeded-random.js";

/**
 * Cuts connections, or holds back what the client says around its request to commit: the server gets it
 * after a while, when the client may be gone and others may have taken its place.
 *
 * @param faults how it is held back; what is only stalled goes on for as long as its client lives
 */
export function zombiePlan(
  seed: number,
  connection: number,
  faults: readonly Fault[] = ["abandon"],
): Plan {
  const random = new SeededRandom(seed * 7_919 + connection);
  if (random.percent(40)) {
    return cutPlan(seed, connection);
  }
  return {
    at: {
      direction: "toServer",
      side: random.percent(50) ? "before" : "after",
      type: random.pick(["Q", "d", "c"]),
      nth: 1 + random.below(30),
    },
    fault: random.pick(faults),
    forMs: random.below(400),
  };
}
