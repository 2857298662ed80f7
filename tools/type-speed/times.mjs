// @ts-check
// Measures how long passes over the values of a kind take.
import { ByteWriter } from "../../packages/batch-copy/dist/bytes/byte-writer.js";
import { writeField } from "../../packages/batch-copy/dist/codecs/codec.js";
import { VALUES, valuesOf } from "./kinds.mjs";

/**
 * @import { Codec } from "../../packages/batch-copy/dist/codecs/codec.js"
 * @import { Kind } from "./kinds.mjs"
 */

/** Room for the bytes of all values of a kind. */
const ROOM = 2 ** 20;

const WARM_UP_MS = 60;
export const ROUNDS = 21;
const ROUND_MS = 3;

/** A writer that can be reset, and whose bytes can be read. */
class ReusedWriter extends ByteWriter {
  constructor() {
    super(Buffer.alloc(ROOM));
  }

  reset() {
    this.position = 0;
  }

  get written() {
    return this.buffer.subarray(0, this.position);
  }
}

/** @type {(codec: Codec<unknown>, values: unknown[], out: ReusedWriter) => void} */
function encode(codec, values, out) {
  out.reset();
  for (const value of values) {
    writeField(codec, value, out);
  }
}

/**
 * @param {Kind} kind
 * @returns {() => Buffer} writes the values, and returns their bytes
 */
export function encoder(kind) {
  const values = valuesOf(kind);
  const codec = kind.type.codecFor(kind.description);
  const out = new ReusedWriter();
  return () => {
    encode(codec, values, out);
    return out.written;
  };
}

/**
 * @param {Kind} kind
 * @returns {(() => Buffer)[]} its encoder, and its loop if it has one
 */
export function inTurn(kind) {
  const ours = encoder(kind);
  const { loop } = kind;
  if (loop === undefined) {
    return [ours];
  }
  const values = /** @type {never[]} */ (valuesOf(kind));
  const out = Buffer.alloc(ROOM);
  const byHand = () => out.subarray(0, loop(values, out));
  if (!ours().equals(byHand())) {
    throw new Error(`The loop for ${kind.type.name}, ${kind.values}, writes other bytes.`);
  }
  return [ours, byHand];
}

/**
 * Nanoseconds per value of each pass. The passes alternate, so that other load on the machine slows
 * all of them alike.
 * @param {(() => unknown)[]} passes
 */
export function times(passes) {
  const counts = warmUp(passes);
  const rounds = passes.map(() => /** @type {number[]} */ ([]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const [i, pass] of passes.entries()) {
      rounds[i]?.push(timeOf(pass, counts[i] ?? 1));
    }
  }
  return rounds.map(median);
}

/**
 * Runs all passes alternately until they are compiled, and returns how many of each make a round.
 * @param {(() => unknown)[]} passes
 */
function warmUp(passes) {
  let counts = passes.map(() => 1);
  const end = performance.now() + WARM_UP_MS * passes.length;
  while (performance.now() < end) {
    counts = passes.map((pass, i) => {
      const nanoseconds = timeOf(pass, counts[i] ?? 1);
      return Math.max(1, Math.round((ROUND_MS * 1e6) / (nanoseconds * VALUES)));
    });
  }
  return counts;
}

/** @type {(pass: () => unknown, count: number) => number} */
function timeOf(pass, count) {
  const start = performance.now();
  for (let i = 0; i < count; i++) {
    pass();
  }
  return ((performance.now() - start) * 1e6) / (count * VALUES);
}

/** @param {number[]} values */
function median(values) {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
