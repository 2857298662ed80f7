import type { Edge } from "./message-edges.js";
import type { MessagePlace, Place } from "./plan.js";

/** Finds a place, once, in the stream of its direction. */
export class PlaceFinder {
  #place: Place | undefined;
  #count = 0;

  constructor(place: Place | undefined) {
    this.#place = place;
  }

  /**
   * Reads on.
   *
   * @param end how many bytes have come
   * @returns the position of the place, if it has come
   */
  find(edges: readonly Edge[], end: number): number | undefined {
    if (this.#place !== undefined && "nth" in this.#place) {
      this.#place = this.#findMessage(this.#place, edges);
    }
    const place = this.#place;
    if (place === undefined || "nth" in place || place.byte > end) {
      return undefined;
    }
    this.#place = undefined;
    return place.byte;
  }

  /** The byte of the place, once it is known. */
  #findMessage(place: MessagePlace, edges: readonly Edge[]): Place {
    const { direction, side, type, nth, plus = 0 } = place;
    const matches = edges.filter(
      (edge) => edge.side === side && (type === undefined || type === edge.type),
    );
    const found = matches[nth - this.#count - 1];
    this.#count += matches.length;
    return found === undefined ? place : { direction, byte: found.position + plus };
  }
}
