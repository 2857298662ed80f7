import { randomUUID } from "node:crypto";

import type { Incarnation } from "./incarnation.js";
import type { LedgerNews, LedgerSource } from "./ledger-source.js";
import { OwnerIds } from "./owner-ids.js";

/** Called with the number of rows that were confirmed and that the server has forgotten. */
export type OnForgotten = (rows: number) => void;

interface Entry {
  readonly rows: number;
  readonly onForgotten: OnForgotten;
}

/**
 * A source that guards rows which belong to none: each of its transactions is one position. It is used by
 * one transaction at a time.
 */
export class LaneSource extends OwnerIds implements LedgerSource {
  readonly name: string = `lane/${randomUUID()}`;
  /** The server that had its row at last, if that is known. */
  #server: Incarnation | undefined;
  /** What each of its transactions has written. */
  readonly #log: Entry[] = [];
  #expected: Entry = { rows: 0, onForgotten: noop };
  #isEnded = false;

  constructor() {
    super([randomUUID()]);
  }

  get position(): bigint {
    return BigInt(this.#log.length);
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** Called with a server that has its row: if it is missing there later, somebody has removed it. */
  foundOn(server: Incarnation | undefined): void {
    this.#server = server ?? this.#server;
  }

  /** Notes what the next transaction writes, and who is told if it is forgotten. */
  expect(rows: number, onForgotten: OnForgotten): void {
    this.#expected = { rows, onForgotten };
  }

  reach(position: bigint): void {
    if (position > this.position) {
      this.#log.push(this.#expected);
    }
  }

  learn({ row, server }: LedgerNews): bigint | undefined {
    const isKnown =
      row === undefined ? isReplaced(this.#server, server) : this.owners.includes(row.owner);
    const found = row?.position ?? 0n;
    this.#isEnded ||= row === undefined || !isKnown || found < this.position;
    if (!isKnown) {
      // Somebody has removed the row, or taken it.
      return undefined;
    }
    if (row !== undefined) {
      this.foundOn(server);
    }
    if (found < this.position) {
      this.#forget(Number(found));
    }
    return found;
  }

  #forget(position: number): void {
    const lost = new Map<OnForgotten, number>();
    for (const { rows, onForgotten } of this.#log.slice(position)) {
      lost.set(onForgotten, (lost.get(onForgotten) ?? 0) + rows);
    }
    lost.forEach((rows, onForgotten) => onForgotten(rows));
  }
}

/** Whether another server, or a promoted one, has taken the place of the one before. */
function isReplaced(before: Incarnation | undefined, now: Incarnation | undefined): boolean {
  return (
    before !== undefined &&
    now !== undefined &&
    (before.system !== now.system || before.timeline !== now.timeline)
  );
}

function noop(): void {}
