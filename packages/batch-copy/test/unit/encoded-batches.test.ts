import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";

import fc from "fast-check";

import type { BatchLimits } from "../../dist/batch/batch-queue.js";
import type { Batch } from "../../dist/batch/batch.js";
import { Batcher } from "../../dist/batch/batcher.js";
import { skipTuples } from "../../dist/batch/encoded-tuples.js";
import { PagePool } from "../../dist/batch/page-pool.js";
import { PAGE_BYTES } from "../../dist/batch/page.js";
import type { RowCodec } from "../../dist/batch/row-codec.js";
import { blockOf, encoded, positioned } from "../helpers/encoded-block.js";
import { FakeClock } from "../helpers/fake-clock.js";
import { PlacedSource } from "../helpers/placed-source.js";

/** A row is its own tuple. */
const codec: RowCodec<string> = {
  encode: (row, out) => out.text(row),
  decode: (tuple) => tuple.text(),
  keyOf: () => undefined,
};

const clock = new FakeClock();
let source: PlacedSource;
let batcher: Batcher<string>;

function batcherOf(limits: Partial<BatchLimits>): Batcher<string> {
  const all = { maxBatchRows: 1e6, maxBatchBytes: 1e9, flushIntervalMs: 100, ...limits };
  return new Batcher(codec, all, new PagePool(), clock, { onReady() {} });
}

beforeEach(() => {
  source = new PlacedSource();
  batcher = batcherOf({ maxBatchRows: 4 });
});

function append(texts: readonly string[], first = 0, of: PlacedSource | null = source): void {
  const block = blockOf(texts, first);
  batcher.appendTuple(block.tuples, undefined, positioned(block, of ?? undefined));
}

function taken(): Batch[] {
  batcher.flush();
  const batches: Batch[] = [];
  for (let batch = batcher.take(); batch !== undefined; batch = batcher.take()) {
    batches.push(batch);
  }
  return batches;
}

function contents({ pages }: Batch): string {
  return pages.map((page) => page.tuples.toString()).join("");
}

/** The positions of the rows, and undefined for those that have none. */
function positionsIn({ units, rows }: Batch): (number | undefined)[] {
  return Array.from({ length: rows }, (_, row) => {
    const position = units?.positionOf(row);
    return position === undefined ? undefined : Number(position);
  });
}

describe("a block of encoded rows", () => {
  it("is split where batches have maxBatchRows rows", () => {
    append(["a", "bb"]);
    append(["c", "d", "e", "f", "g", "h", "i"], 10);
    const batches = taken();
    assert.deepEqual(batches.map(contents), ["abbcd", "efgh", "i"]);
    assert.deepEqual(batches.map(positionsIn), [[0, 1, 10, 11], [12, 13, 14, 15], [16]]);
    assert.deepEqual(source.accepted, [2n, 12n, 16n, 17n]);
  });

  it("is split where batches have maxBatchBytes bytes, as rows that come alone", () => {
    batcher = batcherOf({ maxBatchBytes: 5 });
    append(["abc", "de", "fghijkl", "m", "nop", "q", "r"]);
    const batches = taken();
    assert.deepEqual(batches.map(contents), ["abcde", "fghijkl", "mnopq", "r"]);
    assert.deepEqual(
      batches.map(({ bytes }) => bytes),
      [5, 7, 5, 1],
    );
    assert.deepEqual(batches.map(positionsIn), [[0, 1], [2], [3, 4, 5], [6]]);
  });

  it("makes the batches that its rows would make alone, whatever the limits and blocks", () => {
    const rows = fc.array(fc.string({ unit: "grapheme-ascii", minLength: 1, maxLength: 9 }));
    const limits = fc.record({
      maxBatchRows: fc.integer({ min: 1, max: 9 }),
      maxBatchBytes: fc.integer({ min: 1, max: 40 }),
    });
    fc.assert(
      fc.property(fc.array(rows), limits, (blocks, limit) => {
        batcher = batcherOf(limit);
        blocks.flat().forEach((row) => batcher.append(row, Infinity));
        const alone = taken().map((batch) => [contents(batch), batch.rows, batch.bytes]);
        batcher = batcherOf(limit);
        source = new PlacedSource();
        let first = 0;
        for (const block of blocks) {
          append(block, first);
          first += block.length;
        }
        const together = taken();
        assert.deepEqual(
          together.map((batch) => [contents(batch), batch.rows, batch.bytes]),
          alone,
        );
        assert.deepEqual(together.flatMap(positionsIn), [...Array(first).keys()]);
      }),
    );
  });

  it("fills pages of the usual size, and a row that is larger has one of its own", () => {
    batcher = batcherOf({});
    const small = Array.from({ length: 6000 }, (_, i) => `${i}`.padEnd(100, "."));
    const giant = "x".repeat(3 * PAGE_BYTES);
    append([...small, giant, ...small]);
    const [batch] = taken();
    assert.equal(contents(batch!), small.join("") + giant + small.join(""));
    const sizes = batch!.pages.map(({ buffer }) => buffer.length);
    assert.equal(sizes.filter((size) => size > PAGE_BYTES).length, 1);
    assert.ok(Math.max(...sizes) >= giant.length);
    for (const { tuples } of batch!.pages) {
      assert.ok([0, giant.length % 100].includes(tuples.length % 100), "no row spans pages");
    }
  });

  it("goes on in the batch of the source, and is alone with it", () => {
    batcher = batcherOf({});
    const other = new PlacedSource();
    append(["a"]);
    append(["b"], 1);
    append(["c"], 0, other);
    append(["d"], 5, null);
    append(["e"], 9, null);
    append(["f"], 2);
    const batches = taken();
    assert.deepEqual(batches.map(contents), ["ab", "c", "de", "f"]);
    assert.deepEqual(
      batches.map(({ units }) => [...units!.sources]),
      [[source], [other], [], [source]],
    );
    assert.deepEqual(batches.map(positionsIn), [[0, 1], [0], [5, 9], [2]]);
  });

  it("lets rows of no source follow in its batch, and another block begins the next one", () => {
    append(["a"]);
    batcher.append("b", Infinity);
    append(["c"], 1);
    const batches = taken();
    assert.deepEqual(batches.map(contents), ["ab", "c"]);
    assert.deepEqual(batches.map(positionsIn), [[0, undefined], [1]]);
    assert.deepEqual([...batches[0]!.units!.lastOf(2)], [[source, 1n]]);
  });

  it("does not join rows of no source that are there before it", () => {
    batcher.append("a", Infinity);
    append(["b"]);
    assert.deepEqual(taken().map(contents), ["a", "b"]);
  });

  it("is followed by units of the source in a batch of their own", () => {
    append(["a"]);
    batcher.append("b", Infinity, undefined, { source, next: 2n });
    append(["c"], 2);
    batcher.appendTuple(Buffer.from("de"), undefined, { source, next: 4n, ends: [1, 2] });
    batcher.appendTuple(Buffer.alloc(0), undefined, { source, next: 9n, ends: [] });
    append(["f"], 9);
    const batches = taken();
    assert.deepEqual(batches.map(contents), ["a", "b", "c", "de", "f"]);
    assert.deepEqual(
      batches.flatMap(({ units }) => Array.from(units!.lastOf(Infinity).values())),
      [1n, 2n, 3n, 9n, 10n],
    );
  });

  it("makes the batch due by its age", () => {
    append(["a"]);
    assert.equal(batcher.take(), undefined);
    clock.pass(100);
    assert.equal(contents(batcher.take()!), "a");
  });

  it("is refused if its memory was used again", () => {
    const block = blockOf(["a"]);
    block.memory.isReused = true;
    assert.throws(
      () => batcher.appendTuple(block.tuples, undefined, positioned(block, source)),
      /was given another row before these rows were accepted/,
    );
    assert.deepEqual(source.accepted, []);
    assert.equal(batcher.rows, 0);
  });
});

describe("a block without its first rows", () => {
  it("has the others, and where each of them ends", () => {
    const whole = encoded(blockOf(["a", "bc", "def", "g"], 5), {}, codec);
    assert.equal(skipTuples(whole, 0), whole);
    const left = skipTuples(whole, 2);
    assert.equal(left.tuples.toString(), "defg");
    assert.deepEqual([...left.ends], [3, 4]);
    assert.deepEqual([...left.positions], [7, 8]);
    assert.deepEqual(
      [left.owner, left.codec, left.memory],
      [whole.owner, whole.codec, whole.memory],
    );
  });
});
