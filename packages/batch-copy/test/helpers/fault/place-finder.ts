import type { Edge } from "./message-edges.js";
import type { Place } from "./plan.js";

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
    const position = this.#positionIn(edges, end);
    if (position !== undefined) {
      this.#place = undefined;
    }
    return position;
  }

  #positionIn(edges: readonly Edge[], end: number): number | undefined {
    const place = this.#place;
    if (place === undefined) {
      return undefined;
    }
    if ("byte" in place) {
      return place.byte <= end ? place.byte : undefined;
    }
    const { side, type, nth } = place;
    const matches = edges.filter(
      (edge) => edge.side === side && (type === undefined || type === edge.type),
    );
    const found = matches[nth - this.#count - 1];
    this.#count += matches.length;
    return found?.position;
  }
}
