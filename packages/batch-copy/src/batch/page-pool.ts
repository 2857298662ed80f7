import { Page, PAGE_BYTES } from "./page.js";

/** Pages of the usual size that are kept for later: 16 MiB of them. */
const MAX_FREE_PAGES = 64;

/** Lends pages and takes them back, so that memory stays flat. */
export class PagePool {
  readonly #free: Page[] = [];

  /** A page that holds `bytes` of tuples: of the usual size if they fit, else of the next power of 2. */
  acquire(bytes: number): Page {
    const needed = bytes + Page.headerBytes;
    if (needed <= PAGE_BYTES) {
      return this.#free.pop() ?? newPage(PAGE_BYTES);
    }
    return newPage(2 ** Math.ceil(Math.log2(needed)));
  }

  /** Takes a page back. Nobody may hold on to its bytes any more. */
  release(page: Page): void {
    if (page.buffer.length === PAGE_BYTES && this.#free.length < MAX_FREE_PAGES) {
      this.#free.push(page);
    }
  }
}

function newPage(bytes: number): Page {
  // Not from Node's shared memory: pages live long and are used again.
  return new Page(Buffer.allocUnsafeSlow(bytes));
}
