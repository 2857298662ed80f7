import type { Clock } from "./clock.js";
import { Pacer } from "./pacer.js";

/**
 * After so many bytes senders wait for the next turn of the event loop. Producers that never wait for
 * anything else would otherwise fill the whole buffer before the first byte reaches the socket.
 */
const BYTES_PER_TURN = 128 * 1024;

/**
 * The last part of a large buffer. Once it is reached, senders whose rows were accepted rest as well.
 * They share a promise, while a sender that waits for room holds its encoded row and a promise of its
 * own: with 50 000 of those the collector takes a third of the time. Between several tables there is no
 * such part: tables whose rows do not leave would use it up, and the others would rest for as long.
 */
const RESERVE = 1 / 16;
const LARGE_BUFFER = 1024 * 1024;

/** A table that fills a part of the buffer. */
export interface BudgetMember {
  /** Makes the rows that are being gathered due. */
  flush(): void;
  /** Lets senders in that wait for room, as far as there is room; returns whether some still wait. */
  letIn(): boolean;
}

/**
 * The bytes that may be buffered, over all tables of a group, and the turns in which senders go on.
 *
 * Between several tables, one may hold at most as many bytes as are left free: one table half of the
 * buffer, two tables a third each, and so on. So a table whose rows do not leave cannot take the room
 * of the others. A table that holds nothing may always hold one row.
 */
export class Budget {
  readonly #maxBytes: number;
  readonly #reserve: number;
  readonly #isShared: boolean;
  readonly #clock: Clock;
  readonly #pacer: Pacer;
  readonly #members = new Set<BudgetMember>();
  readonly #waiting = new Set<BudgetMember>();
  #acceptedBytes = 0;
  #releasedBytes = 0;
  /** The turn is over when so many bytes were accepted in all. */
  #turnEndsAt = BYTES_PER_TURN;
  /** Until so many bytes were accepted, nothing else needs to be checked. */
  #creditEndsAt = 0;
  #isFlushing = false;

  /**
   * @param maxBytes for encoded rows that are not settled
   * @param isShared whether there are several tables
   */
  constructor(maxBytes: number, clock: Clock, isShared: boolean) {
    this.#maxBytes = maxBytes;
    const hasReserve = !isShared && maxBytes >= LARGE_BUFFER;
    this.#reserve = hasReserve ? Math.floor(maxBytes * RESERVE) : 0;
    this.#isShared = isShared;
    this.#clock = clock;
    this.#pacer = new Pacer(clock, () => this.#beginTurn());
  }

  /** Bytes that were accepted and are not released yet. */
  get bufferedBytes(): number {
    return this.#acceptedBytes - this.#releasedBytes;
  }

  /** Whether senders may go on without a further check: for most rows this is the only one. */
  get hasCredit(): boolean {
    return this.#acceptedBytes < this.#creditEndsAt;
  }

  join(member: BudgetMember): void {
    this.#members.add(member);
  }

  /** When the last member has left, senders that rest go on. */
  leave(member: BudgetMember): void {
    this.#members.delete(member);
    this.#waiting.delete(member);
    this.#pacer.resume();
  }

  /** The bytes that a table may accept which holds `held` bytes. */
  roomFor(held: number): number {
    if (held === 0) {
      return Infinity;
    }
    const free = this.#maxBytes - this.bufferedBytes;
    return this.#isShared ? free - held : free;
  }

  /** Notes accepted bytes. */
  spend(bytes: number): void {
    this.#acceptedBytes += bytes;
  }

  /** Notes that bytes are settled; senders that wait for room get it. */
  release(bytes: number): void {
    this.#releasedBytes += bytes;
    this.#pacer.resume();
    this.#letIn();
  }

  /** Shortens the turn as if so many bytes were accepted; returns whether it is not over. */
  shortenTurn(bytes: number): boolean {
    this.#turnEndsAt -= bytes;
    this.#creditEndsAt -= bytes;
    return this.#acceptedBytes < this.#turnEndsAt;
  }

  /** Whether senders may go on in this turn; gives out new credit. */
  mayGoOn(): boolean {
    this.#creditEndsAt = Math.min(
      this.#turnEndsAt,
      this.#releasedBytes + this.#maxBytes - this.#reserve,
    );
    return this.#acceptedBytes < this.#turnEndsAt && !this.#isReserveReached;
  }

  /** Resolves when a sender may go on that has had its share of the turn, or of the buffer. */
  rest(member: BudgetMember): Promise<void> {
    if (this.#isReserveReached) {
      this.#makeRoom(member);
    }
    return this.#pacer.wait();
  }

  /** Resolves in the next turn of the event loop, even if senders may not go on in it. */
  nextTurn(): Promise<void> {
    return this.#pacer.nextTurn();
  }

  /** From now on `letIn` of the member is called when there is room. */
  wait(member: BudgetMember): void {
    this.#waiting.add(member);
    this.#makeRoom(member);
  }

  get #isReserveReached(): boolean {
    return this.#reserve > 0 && this.bufferedBytes >= this.#maxBytes - this.#reserve;
  }

  #beginTurn(): boolean {
    this.#turnEndsAt = this.#acceptedBytes + BYTES_PER_TURN;
    return this.mayGoOn() || this.#members.size === 0;
  }

  /** A table that got room goes behind the others. */
  #letIn(): void {
    for (const member of this.#waiting) {
      const before = this.#acceptedBytes;
      const isWaiting = member.letIn();
      if (!isWaiting || this.#acceptedBytes > before) {
        this.#waiting.delete(member);
      }
      if (isWaiting) {
        this.#waiting.add(member);
      }
    }
  }

  /**
   * What is being gathered may be what fills the buffer, and must not wait for its age: here at once,
   * elsewhere at the end of the turn.
   */
  #makeRoom(member: BudgetMember): void {
    member.flush();
    if (this.#isShared && !this.#isFlushing) {
      this.#isFlushing = true;
      this.#clock.soon(() => {
        this.#isFlushing = false;
        this.#members.forEach((other) => other.flush());
      });
    }
  }
}
