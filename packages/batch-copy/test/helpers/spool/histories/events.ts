import type { SeededRandom } from "../../fault/seeded-random.js";

/** What befalls a history from outside. */
export type EventKind =
  | "kill"
  | "power"
  | "wrong verdict"
  | "failover"
  | "database away"
  | "database back"
  | "disk full"
  | "disk free"
  | "new life";

export interface PlannedEvent {
  readonly kind: EventKind;
  /** How many steps after the one before it. */
  readonly after: number;
}

const OTHERS: readonly EventKind[] = [
  "wrong verdict",
  "failover",
  "database away",
  "database back",
  "disk full",
  "disk free",
  "new life",
];

/** Events of a history: two crashes at least, and others among them. */
export function drawEvents(random: SeededRandom): PlannedEvent[] {
  const crashes = 2 + random.below(3);
  const kinds: EventKind[] = [];
  for (let crash = 0; crash < crashes; crash++) {
    for (let other = random.pick([0, 0, 1, 2, 3]); other > 0; other--) {
      kinds.push(random.pick(OTHERS));
    }
    kinds.push(random.pick(["kill", "kill", "power"]));
  }
  return kinds.map((kind) => ({ kind, after: 1 + random.below(random.pick([20, 80, 200])) }));
}
