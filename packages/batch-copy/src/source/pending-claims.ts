import { randomUUID } from "node:crypto";

/**
 * The claims of a copier or group whose answers were lost. One of them may be committed later than the next
 * claim of the same source: then the ledger has its uuid, which is not another owner's.
 */
export class PendingClaims {
  readonly #lost = new Map<string, readonly string[]>();

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
}
