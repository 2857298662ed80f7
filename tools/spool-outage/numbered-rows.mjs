// @ts-check
import { int8, table, text } from "../../packages/batch-copy/dist/index.js";

/** @typedef {{ n: number, url: string }} Row */

const URLS = Array.from({ length: 64 }, (_, n) => `/page/${n}`);

/**
 * A table of such rows: 26 bytes each in a batch.
 * @param {string} name
 */
export function tableOfRows(name) {
  return table(name, { n: int8, url: text });
}

/** Rows with the numbers from 0 on. */
export class NumberedRows {
  /** How many there were so far: the number of the next one. */
  count = 0;

  /**
   * The next rows. They are one object, because a row is encoded before the next one is asked for.
   * @param {() => boolean} isEnd asked before each row
   * @returns {Generator<Row>}
   */
  *until(isEnd) {
    /** @type {Row} */
    const row = { n: 0, url: "" };
    while (!isEnd()) {
      row.n = this.count;
      row.url = URLS[this.count % URLS.length];
      this.count += 1;
      yield row;
    }
  }
}

/**
 * A query whose only row is {@link totalsOf} if the table has so many rows, each of them once.
 * @param {string} name of the table
 */
export function totalsQuery(name) {
  return `SELECT count(*) AS rows, sum(n) AS sum, sum(n * n) AS squares,
    count(*) FILTER (WHERE url <> '/page/' || n % ${URLS.length}) AS wrong FROM ${name}`;
}

/** @param {number} count */
export function totalsOf(count) {
  const n = BigInt(count);
  const sum = (n * (n - 1n)) / 2n;
  const squares = ((n - 1n) * n * (2n * n - 1n)) / 6n;
  return { rows: `${n}`, sum: `${sum}`, squares: `${squares}`, wrong: "0" };
}
