import type { Fate } from "../fate.js";
import type { RowKind } from "./action.js";

const FATE_OF_KIND: Readonly<Record<RowKind, Fate>> = {
  good: "confirmed",
  refused: "refused",
  refusedLate: "refused",
  unencodable: "declined",
};

/**
 * What the contract allows to become of each row. Faults do not appear in it: however connections are
 * lost, a row ends as if they were not, unless time is limited.
 */
export class Model {
  readonly #allowed: Set<Fate>[] = [];
  readonly #isTimeLimited: boolean;
  #isClosed = false;

  /** @param isTimeLimited whether `retry.timeoutMs` ends the attempts */
  constructor(isTimeLimited: boolean) {
    this.#isTimeLimited = isTimeLimited;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** A row is sent; rows are numbered from 0. It may be withdrawn only while it waits for room. */
  issue(kind: RowKind, isLimited = false): void {
    const allowed = new Set([this.#isClosed ? "declined" : FATE_OF_KIND[kind]]);
    this.#allowed.push(allowed);
    if (isLimited) {
      allowed.add("declined");
    }
    if (this.#isTimeLimited) {
      this.#allowHandingBack(allowed);
    }
  }

  /** `sendMany` stops at a row that cannot be encoded: those after it are not accepted. */
  issueMany(kinds: readonly RowKind[]): void {
    const bad = kinds.indexOf("unencodable");
    kinds.forEach((kind, index) => {
      this.issue(bad !== -1 && index > bad ? "unencodable" : kind);
    });
  }

  /** @param isAnswered whether a row's sender was told something by now */
  close(timeoutMs: number | undefined, isAnswered: (id: number) => boolean): void {
    this.#isClosed = true;
    this.#allowed.forEach((allowed, id) => {
      if (!isAnswered(id)) {
        // It may have waited for room.
        allowed.add("declined");
      }
      if (timeoutMs !== undefined) {
        this.#allowHandingBack(allowed);
      }
    });
  }

  /** What is against the contract. */
  violations(fateOf: (id: number) => Fate): string[] {
    return this.#allowed.flatMap((allowed, id) => {
      const fate = fateOf(id);
      return allowed.has(fate)
        ? []
        : [`row ${id} is ${fate}, and not ${[...allowed].join(" or ")}`];
    });
  }

  #allowHandingBack(allowed: Set<Fate>): void {
    if (allowed.has("confirmed") || allowed.has("refused")) {
      allowed.add("undelivered").add("inDoubt");
    }
  }
}
