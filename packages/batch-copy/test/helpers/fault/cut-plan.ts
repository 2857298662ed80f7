import type { Fault, Pace, Place, Plan } from "./plan.js";
import { SeededRandom } from "./seeded-random.js";

/** As many messages as a handshake and some batches have. */
const MESSAGES_PER_CONNECTION = 48;

/** How many edges the sweep cuts at in turn: both sides of each message in both directions. */
export const EDGES: number = 4 * MESSAGES_PER_CONNECTION;

/** How many batches a connection may write before it is cut. */
const BATCHES = 4;

/**
 * How a connection of the sweep is cut: three of ten at each edge of a message in turn, three at a
 * random byte, four where a commit is under way. A few speak in pieces.
 */
export function cutPlan(seed: number, connection: number): Plan {
  const random = new SeededRandom(seed * 7_919 + connection);
  const decade = Math.floor(connection / 10);
  const kind = connection % 10;
  const at =
    kind < 3 ? edge(decade * 3 + kind) : kind < 6 ? randomByte(random) : commitPlace(random);
  const fault = random.pick<Fault>(["cut", "cut", "close", "abandon"]);
  const pace = random.percent(5) ? { pace: slowPace(random) } : {};
  // Half-open backends would fill up the server if they stayed.
  return { at, fault, forMs: random.below(300), ...pace };
}

function slowPace(random: SeededRandom): Pace {
  return random.percent(50)
    ? { direction: "toServer", bytes: 1 + random.below(2000), delayMs: 0 }
    : { direction: "toClient", bytes: 1 + random.below(20), delayMs: 0 };
}

/** The edges of the messages, in turn. */
function edge(turn: number): Place {
  return {
    direction: turn % 2 === 0 ? "toServer" : "toClient",
    side: turn % 4 < 2 ? "before" : "after",
    nth: 1 + (Math.floor(turn / 4) % MESSAGES_PER_CONNECTION),
  };
}

/** Early bytes are likelier; a batch has thousands of bytes, and its answer a hundred. */
function randomByte(random: SeededRandom): Place {
  return random.percent(50)
    ? { direction: "toServer", byte: Math.floor(10 ** (1 + random.fraction() * 4.5)) }
    : { direction: "toClient", byte: random.below(1500) };
}

/** At or within CopyDone, CommandComplete or ReadyForQuery, mostly those of a batch. */
function commitPlace(random: SeededRandom): Place {
  const batch = 1 + random.below(BATCHES);
  const before = { side: "before", plus: random.below(6) } as const;
  switch (random.below(4)) {
    case 0:
      return { direction: "toServer", ...before, type: "c", nth: batch };
    case 1:
      // What follows CopyInResponse are the answers to CopyDone.
      return {
        direction: "toClient",
        side: "after",
        type: "G",
        nth: batch,
        plus: 1 + random.below(20),
      };
    case 2:
      return { direction: "toClient", ...before, type: "C", nth: 1 + random.below(3 * BATCHES) };
    default:
      return { direction: "toClient", ...before, type: "Z", nth: 1 + random.below(2 * BATCHES) };
  }
}
