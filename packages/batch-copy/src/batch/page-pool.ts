import { Page, PAGE_BYTES } from "./page.js";

/** The sizes of pages that are used again. */
const SIZES: readonly number[] = [4 * 1024, 16 * 1024, 64 * 1024, PAGE_BYTES];
/** The memory that is kept for reuse in pages of one size. */
const MAX_FREE_BYTES = 16 * 1024 * 1024;

/** Reuses pages, so that memory stays flat. */
export class PagePool {
  readonly #free: readonly Page[][] = SIZES.map(() => []);

  /** A page with room for `bytes` of tuples: the smallest that has it, or the next power of 2. */
  acquire(bytes: number): Page {
    const needed = bytes + Page.headerBytes;
    const index = SIZES.findIndex((size) => needed <= size);
    return index === -1
      ? newPage(2 ** Math.ceil(Math.log2(needed)))
      : (this.#free[index]!.pop() ?? newPage(SIZES[index]!));
  }

  /** Takes a page back for reuse. Its bytes must not be used any more. */
  release(page: Page): void {
    const { length } = page.buffer;
    const free = this.#free[SIZES.indexOf(length)];
    if (free !== undefined && (free.length + 1) * length <= MAX_FREE_BYTES) {
      free.push(page);
    }
  }
}

function newPage(bytes: number): Page {
  // Not from Node's shared memory: pages are long-lived and reused.
  return new Page(Buffer.allocUnsafeSlow(bytes));
}
