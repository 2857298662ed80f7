import { ByteWriter } from "../bytes/byte-writer.js";
import { firstBeyond } from "./encoded-tuples.js";
import type { PagePool } from "./page-pool.js";
import { Page, PAGE_BYTES } from "./page.js";

/** The tuples that fit into a page of the usual size. */
const MOST_TUPLE_BYTES = PAGE_BYTES - Page.headerBytes;

/** Each page of a batch is so many times as large as the last one, up to the usual size. */
const GROWTH = 4;

/** Stands for a page without room for tuples. */
const NO_ROOM = Buffer.alloc(Page.headerBytes);

/**
 * Writes tuples into pages. No tuple spans pages: one that does not fit into the rest of a page moves
 * to the next page, and one that is larger than a page gets a page of its own size.
 *
 * A writer has no page until the first byte is written, and the first page is as large as the last
 * batch, because there may be thousands of writers.
 */
export class PageWriter extends ByteWriter {
  readonly #pool: PagePool;
  #page: Page | undefined;
  #sealed: Page[] = [];
  /** The bytes of the next page, unless a tuple needs more. */
  #nextBytes = 0;

  constructor(pool: PagePool) {
    super(NO_ROOM);
    this.#pool = pool;
    this.start = Page.headerBytes;
    this.position = Page.headerBytes;
  }

  /** Whether there is an unfinished tuple. */
  get isInTuple(): boolean {
    return this.position !== this.start;
  }

  /** Bytes of the unfinished tuple so far. */
  get tupleBytes(): number {
    return this.position - this.start;
  }

  /** Finishes the tuple; the next one begins. */
  endTuple(): void {
    this.start = this.position;
  }

  /** Writes finished tuples, those from `from` to before `to` of `bytes`, as many to a page as fit. */
  tuples(bytes: Buffer, ends: ArrayLike<number>, from: number, to: number): void {
    let row = from;
    let start = from === 0 ? 0 : ends[from - 1]!;
    while (row < to) {
      const room = this.buffer.length - this.position;
      const next = Math.max(row + 1, firstBeyond(ends, start + room, row, to));
      const end = ends[next - 1]!;
      this.bytes(bytes.subarray(start, end));
      this.endTuple();
      [row, start] = [next, end];
    }
  }

  /** Undoes the unfinished tuple and returns its bytes, in a buffer of their size. */
  cutTuple(): Buffer {
    // From Node's shared memory, where a small buffer has no block of its own.
    const tuple = Buffer.allocUnsafe(this.tupleBytes);
    this.buffer.copy(tuple, 0, this.start, this.position);
    this.undoTuple();
    return tuple;
  }

  /** Undoes the unfinished tuple, and a page that was made for it alone. */
  undoTuple(): void {
    this.position = this.start;
    if (this.start === Page.headerBytes && this.buffer.length > PAGE_BYTES) {
      this.#continueOn(undefined);
    }
  }

  /**
   * The pages written since the last call; the writer continues on a new one. If less than `share` of
   * the last page is used, its bytes are copied to a page of exactly their size.
   */
  takePages(share: number): Page[] {
    this.#sealPage();
    this.#continueOn(undefined);
    const pages = this.#sealed;
    this.#sealed = [];
    const last = pages.at(-1);
    this.#nextBytes = pages.length > 1 ? MOST_TUPLE_BYTES : (last?.tuples.length ?? 0);
    if (last !== undefined && last.usedShare < share) {
      pages[pages.length - 1] = last.compact();
      this.#pool.release(last);
    }
    return pages;
  }

  protected override grow(bytes: number): void {
    this.#sealPage();
    this.#continueOn(this.#pool.acquire(Math.max(this.tupleBytes + bytes, this.#nextBytes)));
    this.#nextBytes = Math.min(this.buffer.length * GROWTH - Page.headerBytes, MOST_TUPLE_BYTES);
  }

  /** Ends the page before the unfinished tuple. */
  #sealPage(): void {
    const page = this.#page;
    page?.seal(this.start);
    if (page?.isEmpty === false) {
      this.#sealed.push(page);
    } else if (page !== undefined) {
      this.#pool.release(page);
    }
  }

  /** The unfinished tuple moves to this page. */
  #continueOn(page: Page | undefined): void {
    this.#page = page;
    this.moveTo(page?.buffer ?? NO_ROOM, Page.headerBytes);
  }
}
