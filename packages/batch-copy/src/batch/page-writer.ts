import { ByteWriter } from "../bytes/byte-writer.js";
import type { PagePool } from "./page-pool.js";
import { Page, PAGE_BYTES } from "./page.js";

/**
 * Writes tuples into pages. No tuple spans pages: one that does not fit into the rest of a page moves
 * to the next page, and one that is larger than a page gets a page of its own size.
 */
export class PageWriter extends ByteWriter {
  readonly #pool: PagePool;
  #page: Page;
  #sealed: Page[] = [];

  constructor(pool: PagePool) {
    const page = pool.acquire(0);
    super(page.buffer);
    this.#pool = pool;
    this.#page = page;
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
      this.#nextPage(0);
    }
  }

  /**
   * The pages written since the last call; the writer continues on a new one. If less than `share` of
   * the last page is used, its bytes are copied to a page of exactly their size.
   */
  takePages(share: number): Page[] {
    this.#nextPage(0);
    const pages = this.#sealed;
    this.#sealed = [];
    const last = pages.at(-1);
    if (last !== undefined && last.usedShare < share) {
      pages[pages.length - 1] = last.compact();
      this.#pool.release(last);
    }
    return pages;
  }

  protected override grow(bytes: number): void {
    this.#nextPage(this.tupleBytes + bytes);
  }

  /** Seals the page at the unfinished tuple, which moves to a page with room for `bytes`. */
  #nextPage(bytes: number): void {
    const full = this.#page;
    full.seal(this.start);
    this.#page = this.#pool.acquire(bytes);
    this.moveTo(this.#page.buffer, Page.headerBytes);
    if (full.isEmpty) {
      this.#pool.release(full);
    } else {
      this.#sealed.push(full);
    }
  }
}
