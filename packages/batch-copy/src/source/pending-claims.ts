import { randomUUID } from "node:crypto";

import type { OwnSource } from "./own-source.js";

/** How many lost claims are remembered for a source. None takes long to be committed. */
const MOST_LOST_CLAIMS = 64;

/**
 * The claims of a copier or group. One whose answer was lost may be committed later than the next claims of
 * the same source: then the ledger has its uuid, which is not another owner's.
 */
export class PendingClaims {
  readonly #lost = new Map<string, readonly string[]>();
  /** The last owner of each source that was claimed here. */
  readonly #claimed = new Map<string, OwnSource>();

  /**
   * Draws a uuid for another claim; returns it after those of lost claims. Only one claim gets these: two
   * sources that are opened at the same time must not take each other's for their own.
   */
  begin(name: string): readonly string[] {
    const lost = this.#lost.get(name) ?? [];
    this.#lost.delete(name);
    return [...lost, randomUUID()];
  }

  /** Called when the claim with these uuids has failed. */
  fail(name: string, owners: readonly string[]): void {
    this.#lost.set(name, [...(this.#lost.get(name) ?? []), ...owners]);
  }

  /**
   * Called when a claim has succeeded. The owner before it, if it was one of ours, is fenced; a lost claim of
   * it may still be committed, and is this one's then.
   */
  succeed(source: OwnSource): void {
    const lost = this.#claimed.get(source.name)?.yieldLost() ?? [];
    this.#claimed.set(source.name, source);
    source.inherit(lost.slice(-MOST_LOST_CLAIMS));
  }
}
