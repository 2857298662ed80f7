import { callOut } from "../copy/call-out.js";
import type { DeliveredSource } from "../delivery/load.js";
import {
  FencedError,
  OutcomeUnknownError,
  RewoundError,
  TimeoutError,
  type BatchCopyError,
} from "../errors.js";
import type { LedgerNews } from "../transaction/ledger-source.js";
import { OwnerIds } from "../transaction/owner-ids.js";
import type { Claim } from "./claim.js";

/** Someone who waits until a position is committed. */
interface Waiter {
  readonly position: bigint;
  resolve(): void;
  reject(error: Error): void;
}

/** What happens when a source ends by an error. */
export interface SourceHooks {
  /** See `SourceOptions`. */
  readonly onLost: ((error: BatchCopyError) => void) | undefined;
  /** Refuses the rows that wait for room; returns whether there are any. */
  readonly refuseWaiting: (source: OwnSource, error: Error) => boolean;
  /** Called if nobody else is told: a reader that waits for its next message would not know. */
  readonly warn: (message: string) => void;
  /** See `DeliveredSource`. */
  readonly keepsRows?: boolean;
}

/** A source that this process has claimed: how far it is, and whether it is still ours. */
export class OwnSource extends OwnerIds implements DeliveredSource {
  readonly name: string;
  readonly #replaced: string | undefined;
  readonly #hooks: SourceHooks;
  #position: bigint;
  /** Where it is by the rows that are counted. */
  #settled: bigint;
  #accepted: bigint;
  /** The position after the last unit that is being written. */
  #planned: bigint;
  #error: Error | undefined;
  #waiters: Waiter[] = [];
  #isTold = false;

  constructor(name: string, { owners, replaced, position }: Claim, hooks: SourceHooks) {
    super(owners);
    this.name = name;
    this.#replaced = replaced;
    this.#position = position;
    this.#settled = position;
    this.#accepted = position;
    this.#planned = position;
    this.#hooks = hooks;
  }

  get position(): bigint {
    return this.#position;
  }

  get isEnded(): boolean {
    return this.#error !== undefined;
  }

  get keepsRows(): boolean {
    return this.#hooks.keepsRows === true;
  }

  insertError(cause: Error | undefined = this.#error): Error {
    return keptRowError(cause);
  }

  /** Whether somebody was told why it has ended. */
  get isTold(): boolean {
    return this.#isTold;
  }

  /** @throws the error with which it has ended */
  throwIfEnded(): void {
    if (this.#error !== undefined) {
      this.#isTold = true;
      throw this.#error;
    }
  }

  accept(next: bigint): void {
    this.#accepted = next;
  }

  plan(next: bigint): bigint {
    const planned = this.#planned;
    this.#planned = next;
    return planned;
  }

  /** The position after the last unit that was accepted. */
  get accepted(): bigint {
    return this.#accepted;
  }

  /** Whether the unit before this position was accepted. */
  hasAccepted(next: bigint): boolean {
    return this.#accepted >= next;
  }

  reach(position: bigint): void {
    if (position > this.#position) {
      this.#position = position;
    }
  }

  settled(): void {
    if (this.#settled < this.#position) {
      this.#settled = this.#position;
      this.#takeDone().forEach((waiter) => waiter.resolve());
    }
  }

  /** Those who wait for nothing that is not committed. */
  #takeDone(): Waiter[] {
    const waiters = this.#waiters;
    this.#waiters = waiters.filter(({ position }) => position > this.#position);
    return waiters.filter(({ position }) => position <= this.#position);
  }

  learn({ row, known }: LedgerNews): bigint | undefined {
    if (row === undefined) {
      this.end(new OutcomeUnknownError({ source: this.name }));
      return undefined;
    }
    if (!this.owners.includes(row.owner)) {
      // If the owner before us has it again, a failover has lost our claim.
      const isLost = row.owner === this.#replaced;
      this.end(
        isLost ? new RewoundError(this.name, row.position, known) : new FencedError(this.name),
      );
      return undefined;
    }
    if (row.position < known) {
      this.end(new RewoundError(this.name, row.position, known));
    }
    return row.position;
  }

  /** Resolves when everything that was accepted is committed, and counted. */
  flush(): Promise<void> {
    return this.flushTo(this.#accepted);
  }

  /** Resolves when everything below a position is committed, and counted. */
  flushTo(position: bigint): Promise<void> {
    return new Promise((resolve, reject) => {
      this.throwIfEnded();
      if (position <= this.#settled) {
        resolve();
      } else {
        this.#waiters.push({ position, resolve, reject });
      }
    });
  }

  end(error: Error): void {
    if (this.#error !== undefined) {
      return;
    }
    this.#error = error;
    this.settled();
    const waiters = this.#waiters;
    this.#waiters = [];
    const { onLost, refuseWaiting, warn } = this.#hooks;
    const isToldToSenders = refuseWaiting(this, error);
    this.#isTold = isToldToSenders || waiters.length > 0 || onLost !== undefined;
    waiters.forEach((waiter) => waiter.reject(error));
    if (!this.#isTold) {
      warn(
        `the source ${JSON.stringify(this.name)} is lost (set onLost to be told): ${error.message}`,
      );
    }
    callOut(() => onLost?.(error as BatchCopyError));
  }
}

/** The error for an `insert()` whose row is on disk, and is not committed yet. */
export function keptRowError(cause: Error | undefined): Error {
  return new TimeoutError("the row is on disk, and is not committed yet", true, { cause });
}
