import type { RecordLine, RecordRange, SentRecords } from "./record-file.js";

interface Chunk {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/**
 * The records that are on their way to the table, and the part of the file that they are in: of a record
 * that the server rejects, its line is kept as it is.
 */
export class InFlight {
  #chunks: Chunk[] = [];
  #blocks: SentRecords[] = [];
  readonly #lineEnd: number;

  /** @param lineEnd the byte that ends a line */
  constructor(lineEnd: number) {
    this.#lineEnd = lineEnd;
  }

  /** Keeps the next part of the file. */
  addChunk(offset: number, bytes: Uint8Array): void {
    this.#chunks.push({ offset, bytes });
  }

  /** Keeps where records that are sent begin and end. */
  addBlock(records: SentRecords): void {
    this.#blocks.push(records);
  }

  /**
   * Forgets what is settled.
   *
   * @param position blocks whose records end at it, or before, are settled
   * @param read where the last record ends that was read: those that were not sent are settled
   * @returns the parts of the file that nobody needs any more
   */
  forget(position: number, read: number): Uint8Array[] {
    const blocks = this.#blocks.findIndex((block) => lastEnd(block) > position);
    this.#blocks.splice(0, blocks < 0 ? this.#blocks.length : blocks);
    const from = this.#blocks[0]?.offset ?? read;
    const chunks = this.#chunks.findIndex((chunk) => endOf(chunk) > from);
    return this.#chunks
      .splice(0, chunks < 0 ? this.#chunks.length : chunks)
      .map(({ bytes }) => bytes);
  }

  /** The record whose last byte is at this position. */
  recordAt(position: number): RecordLine {
    const end = position + 1;
    const block = this.#blocks.find((one) => lastEnd(one) >= end);
    const index = block === undefined ? -1 : indexOf(block.ends, end - block.offset);
    if (block === undefined || index < 0) {
      throw new Error(`no record on its way ends at byte ${end}`);
    }
    const offset = block.offset + block.starts[index]!;
    const before = this.slice({ offset: block.offset, end: offset });
    return { offset, end, line: block.line + countLineEnds(before, this.#lineEnd) };
  }

  /** The bytes of the file in a range that is kept. */
  slice({ offset, end }: RecordRange): Buffer {
    const parts: Uint8Array[] = [];
    // Most records that are asked for are among the last ones.
    for (let index = this.#chunks.length - 1; index >= 0; index--) {
      const chunk = this.#chunks[index]!;
      if (endOf(chunk) <= offset) {
        break;
      }
      if (chunk.offset < end) {
        const from = Math.max(0, offset - chunk.offset);
        parts.unshift(chunk.bytes.subarray(from, end - chunk.offset));
      }
    }
    return Buffer.concat(parts);
  }
}

function lastEnd({ offset, ends }: SentRecords): number {
  return offset + ends.at(-1)!;
}

function endOf({ offset, bytes }: Chunk): number {
  return offset + bytes.length;
}

/** How many lines end in bytes. */
export function countLineEnds(bytes: Uint8Array, lineEnd: number): number {
  let lines = 0;
  for (let at = bytes.indexOf(lineEnd); at >= 0; at = bytes.indexOf(lineEnd, at + 1)) {
    lines++;
  }
  return lines;
}

/** By halving: the numbers ascend. */
function indexOf(numbers: Uint32Array, wanted: number): number {
  let low = 0;
  let high = numbers.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (numbers[middle]! < wanted) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return numbers[low] === wanted ? low : -1;
}
