// @ts-check
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

import { check } from "./checks.mjs";

const MEBIBYTE = 2 ** 20;
const LOOK_EVERY_MS = 100;
const PRINT_EVERY_MS = 2000;

/** By then the heap has what it needs. */
const WARM_UP_SHARE = 0.1;
/** For rows that are being synced or read, and for garbage. */
const TOLERANCE_BYTES = 64 * MEBIBYTE;
const HEAP_TOLERANCE_BYTES = 8 * MEBIBYTE;

setFlagsFromString("--expose-gc");
/** @type {() => void} */
const collectGarbage = runInNewContext("gc");

/** @typedef {{ bytes: number, rows: number }} Progress */

/** Watches the memory of this process while bytes gather on disk. */
export class MemoryWatch {
  /** Whether there are as many bytes as wanted. */
  isDone = false;
  #startedAt = performance.now();
  #printedAt = -Infinity;
  #heapAfterWarmUp = 0;
  #rssAtStart = process.memoryUsage.rss();
  #peak = { rss: 0, arrayBuffers: 0 };
  #timer = setInterval(() => this.#look(), LOOK_EVERY_MS);
  #wanted;
  #progress;

  /**
   * @param {number} wanted bytes on disk
   * @param {() => Progress} progress
   */
  constructor(wanted, progress) {
    this.#wanted = wanted;
    this.#progress = progress;
    console.log("     s  GB on disk         rows  resident MiB  heap MiB  buffers MiB");
  }

  /**
   * Checks what was seen.
   * @param {number} maxBufferedBytes
   */
  end(maxBufferedBytes) {
    clearInterval(this.#timer);
    this.#print();
    const heap = heapInUse() - this.#heapAfterWarmUp;
    check(
      this.#peak.rss - this.#rssAtStart <= maxBufferedBytes + TOLERANCE_BYTES,
      `the process grows by ${mebibytes(this.#peak.rss - this.#rssAtStart)} MiB at most, where maxBufferedBytes is ${mebibytes(maxBufferedBytes)} MiB`,
    );
    check(
      this.#peak.arrayBuffers <= maxBufferedBytes + TOLERANCE_BYTES,
      `buffers take ${mebibytes(this.#peak.arrayBuffers)} MiB at most`,
    );
    check(heap <= HEAP_TOLERANCE_BYTES, `the heap grows by ${mebibytes(heap)} MiB`);
  }

  #look() {
    const { bytes } = this.#progress();
    const share = bytes / this.#wanted;
    if (share >= WARM_UP_SHARE && this.#heapAfterWarmUp === 0) this.#heapAfterWarmUp = heapInUse();
    const { rss, arrayBuffers } = process.memoryUsage();
    this.#peak = {
      rss: Math.max(this.#peak.rss, rss),
      arrayBuffers: Math.max(this.#peak.arrayBuffers, arrayBuffers),
    };
    this.isDone = share >= 1;
    if (performance.now() - this.#printedAt >= PRINT_EVERY_MS) this.#print();
  }

  #print() {
    this.#printedAt = performance.now();
    const { bytes, rows } = this.#progress();
    const { rss, heapUsed, arrayBuffers } = process.memoryUsage();
    const seconds = ((performance.now() - this.#startedAt) / 1000).toFixed(1);
    console.log(
      [
        seconds.padStart(6),
        (bytes / 1e9).toFixed(2).padStart(10),
        rows.toLocaleString("en-US").padStart(11),
        mebibytes(rss).padStart(12),
        mebibytes(heapUsed).padStart(8),
        mebibytes(arrayBuffers).padStart(11),
      ].join("  "),
    );
  }
}

function heapInUse() {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

/** @param {number} bytes */
function mebibytes(bytes) {
  return String(Math.round(bytes / MEBIBYTE));
}
