import { ByteReader } from "../bytes/byte-reader.js";
import { ClosedError, EncodeError } from "../errors.js";
import { BatchQueue } from "./batch-queue.js";
import { checkLent, firstBeyond } from "./encoded-tuples.js";
import type { InsertWaiter } from "./insert-waiters.js";
import { PositionedUnits } from "./positioned-units.js";
import type { RowCodec } from "./row-codec.js";
import { encodeTuples, type Tuples } from "./tuple-writer.js";
import { Units, type PositionedRows, type Unit, type UnitSource } from "./units.js";

const NOT_ALONE =
  "the row was sent while another row was being encoded, or after a codec wrote outside its encode()";

/** Gathers rows into batches. */
export class Batcher<Row> extends BatchQueue<Row> {
  #isClosed = false;
  /** Those of the open batch, if it has any. */
  #units: Units = new Units();

  /**
   * Encodes the row into the open batch, unless it takes more than `room` bytes.
   *
   * @returns the bytes that the row takes; or the encoded row, if it takes more than `room`: it was not
   * appended then, and `appendTuple` takes it later.
   * @throws what the encoder throws; the batch is then as it was before.
   * @throws EncodeError if it is called from inside the encoder, by a getter or a `toJSON`.
   * @throws ClosedError if the batcher was closed meanwhile.
   */
  append(row: Row, room: number, insert?: InsertWaiter, unit?: Unit): number | Buffer {
    this.#encode(row, unit);
    const bytes = this.writer.tupleBytes;
    if (bytes > room) {
      return this.writer.cutTuple();
    }
    this.#endTuple(bytes, insert, unit);
    return bytes;
  }

  /**
   * Encodes a row, as {@link append} does, and appends it nowhere.
   *
   * @throws as {@link append}
   */
  encode(row: Row): Buffer {
    this.#encode(row, undefined);
    return this.writer.cutTuple();
  }

  /** Rows of the open batch. */
  get openRows(): number {
    return this.open.rows;
  }

  #encode(row: Row, unit: Unit | undefined): void {
    const writer = this.writer;
    if (writer.isInTuple) {
      throw new EncodeError(undefined, row, NOT_ALONE);
    }
    if (unit !== undefined) {
      this.#endPositioned();
    }
    try {
      this.codec.encode(row, writer);
      // A getter or a toJSON of the row may have closed the batcher.
      if (this.#isClosed) {
        throw new ClosedError();
      }
    } catch (error) {
      writer.undoTuple();
      throw error;
    }
  }

  /**
   * Appends a row, or the rows of a unit, that were encoded earlier.
   *
   * @throws EncodeError if an unfinished row is in the way.
   */
  appendTuple(tuple: Buffer, insert?: InsertWaiter, unit?: Unit | PositionedRows): void {
    if (this.writer.isInTuple) {
      throw new EncodeError(undefined, undefined, NOT_ALONE);
    }
    if (unit?.positions !== undefined) {
      this.#appendPositioned(tuple, unit);
      return;
    }
    if (unit !== undefined) {
      this.#endPositioned();
    }
    if (unit?.ends === undefined) {
      this.writer.bytes(tuple);
      this.#endTuple(tuple.length, insert, unit);
    } else {
      this.#appendUnit(tuple, unit.ends, unit);
    }
  }

  /**
   * Writes what was encoded by another codec again.
   *
   * @param ends where its tuples end, if there is not exactly one
   */
  recode(tuples: Buffer, from: RowCodec<Row>, ends: ArrayLike<number> = [tuples.length]): Tuples {
    const rows = Array.from(ends, (end, index) => {
      return from.decode(new ByteReader(tuples, ends[index - 1] ?? 0, end));
    });
    return encodeTuples(rows, this.codec);
  }

  /** Appends no more rows; those that were appended can still be taken. */
  close(): void {
    this.#isClosed = true;
  }

  #endTuple(bytes: number, insert: InsertWaiter | undefined, unit: Unit | undefined): void {
    this.writer.endTuple();
    const batch = this.open;
    if (insert !== undefined) {
      batch.inserts.add(batch.rows, insert);
    }
    batch.rows++;
    batch.bytes += bytes;
    if (unit !== undefined) {
      this.#addUnit(unit, batch.rows - 1);
    }
    this.closeOrWait(insert !== undefined);
  }

  /** Batches end where they would if each row came alone. */
  #appendPositioned(tuples: Buffer, { source, ends, positions, memory }: PositionedRows): void {
    checkLent(memory);
    let from = 0;
    while (from < positions.length) {
      const units = this.#positionedUnits(source);
      const batch = this.open;
      const start = from === 0 ? 0 : ends[from - 1]!;
      const to = this.#endOfBatch(ends, from, start);
      this.writer.tuples(tuples, ends, from, to);
      units.add(positions.subarray(from, to));
      batch.rows += to - from;
      batch.bytes += ends[to - 1]! - start;
      from = to;
      this.closeOrWait(false);
    }
  }

  /** The row after the last one that the open batch takes. */
  #endOfBatch(ends: ArrayLike<number>, from: number, start: number): number {
    const { maxBatchRows, maxBatchBytes } = this.limits;
    const { rows, bytes } = this.open;
    const most = Math.min(ends.length, from + maxBatchRows - rows);
    // The row that makes it full is the last one.
    return Math.min(most, firstBeyond(ends, start + maxBatchBytes - bytes - 1, from, most) + 1);
  }

  /** Those of the open batch; others close it. */
  #positionedUnits(source: UnitSource | undefined): PositionedUnits {
    const { units, rows } = this.open;
    if (units instanceof PositionedUnits && units.source === source && units.count === rows) {
      return units;
    }
    if (!this.open.isEmpty) {
      this.closeBatch();
    }
    const own = new PositionedUnits(source);
    this.open.units = own;
    return own;
  }

  #endPositioned(): void {
    if (this.open.units instanceof PositionedUnits) {
      this.closeBatch();
    }
  }

  #appendUnit(tuples: Buffer, ends: ArrayLike<number>, unit: Unit): void {
    const batch = this.open;
    const from = batch.rows;
    this.writer.tuples(tuples, ends, 0, ends.length);
    batch.rows += ends.length;
    batch.bytes += tuples.length + (unit.invalid?.bytes ?? 0);
    this.#addUnit(unit, from);
    this.closeOrWait(false);
  }

  #addUnit(unit: Unit, from: number): void {
    const batch = this.open;
    if (batch.units === undefined) {
      this.#units = new Units();
      batch.units = this.#units;
    }
    this.#units.add(unit, { from, to: batch.rows });
  }
}
