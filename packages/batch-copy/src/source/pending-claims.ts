import { randomUUID } from "node:crypto";

/**
 * The claims of a copier or group that have not succeeded. One whose answer was lost may be committed
 * later than the next claim of the same source: then the ledger has its uuid, which is not another owner's.
 */
export class PendingClaims {
  readonly #owners = new Map<string, readonly string[]>();

  /** Draws a uuid for another claim; returns it after those of the claims before it. */
  begin(name: string): readonly string[] {
    const owners = [...(this.#owners.get(name) ?? []), randomUUID()];
    this.#owners.set(name, owners);
    return owners;
  }

  /** Called when a claim has succeeded. */
  end(name: string): void {
    this.#owners.delete(name);
  }
}
