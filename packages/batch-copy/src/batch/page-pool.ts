import { Page, PAGE_BYTES } from "./page.js";

/** Maximum number of pages that are kept for reuse: 16 MiB. */
const MAX_FREE_PAGES = 64;

/** Reuses pages, so that memory stays flat. */
export class PagePool {
  readonly #free: Page[] = [];

  /** A page with room for `bytes` of tuples: of the usual size if they fit, else the next power of 2. */
  acquire(bytes: number): Page {
    const needed = bytes + Page.headerBytes;
    if (needed <= PAGE_BYTES) {
      return this.#free.pop() ?? newPage(PAGE_BYTES);
    }
    return newPage(2 ** Math.ceil(Math.log2(needed)));
  }

  /** Takes a page back for reuse. Its bytes must not be used any more. */
  release(page: Page): void {
    if (page.buffer.length === PAGE_BYTES && this.#free.length < MAX_FREE_PAGES) {
      this.#free.push(page);
    }
  }
}

function newPage(bytes: number): Page {
  // Not from Node's shared memory: pages are long-lived and reused.
  return new Page(Buffer.allocUnsafeSlow(bytes));
}
