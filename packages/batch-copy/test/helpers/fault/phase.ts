import type { Edge } from "./message-edges.js";
import type { Direction } from "./plan.js";

/**
 * What a connection is about, as its client sees it. `committing` lies between CopyDone, which it
 * has sent, and ReadyForQuery, which has not arrived.
 */
export type Phase = "connecting" | "idle" | "querying" | "copying" | "committing";

const BY_MESSAGE_SENT: Readonly<Record<string, Phase>> = {
  Q: "querying",
  P: "querying",
  d: "copying",
  c: "committing",
};

/** The phase after the edge has been sent by the client, or has arrived there. */
export function nextPhase(phase: Phase, edge: Edge, direction: Direction): Phase {
  if (edge.side === "before") {
    return phase;
  }
  if (direction === "toServer") {
    return BY_MESSAGE_SENT[edge.type] ?? phase;
  }
  return edge.type === "Z" ? "idle" : phase;
}
