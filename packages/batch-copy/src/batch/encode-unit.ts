import { ByteReader } from "../bytes/byte-reader.js";
import type { EncodeError } from "../errors.js";
import type { RowCodec } from "./row-codec.js";
import { addPosition } from "./row-position.js";
import { encodeTuples, TupleWriter, type Tuples } from "./tuple-writer.js";

/** A row as it was when it was sent. */
export interface SentRow<Row> {
  readonly row: Row;
  /** Why it is invalid, if it is. */
  readonly error: EncodeError | undefined;
}

/**
 * Encodes the rows of a unit.
 *
 * @param copyOf copies a row
 * @returns the tuples; or the rows, if one of them is invalid. The error of the first of these has its
 * place.
 * @throws what the iterable throws
 */
export function encodeUnit<Row extends object>(
  rows: Iterable<Row>,
  codec: RowCodec<Row>,
  copyOf: (row: Row) => Row,
): Tuples | readonly SentRow<Row>[] {
  const writer = new TupleWriter();
  const ends: number[] = [];
  let sent: SentRow<Row>[] | undefined;
  for (const row of rows) {
    if (sent !== undefined) {
      sent.push({ row: copyOf(row), error: errorOf(row, codec) });
      continue;
    }
    try {
      codec.encode(row, writer);
      ends.push(writer.bytesWritten);
    } catch (error) {
      addPosition(error, 0, ends.length);
      // Those before it may have been changed since.
      sent = decoded(writer.written, ends, codec);
      sent.push({ row: copyOf(row), error: error as EncodeError });
    }
  }
  return sent ?? { tuples: writer.written, ends };
}

function decoded<Row>(
  tuples: Buffer,
  ends: readonly number[],
  codec: RowCodec<Row>,
): SentRow<Row>[] {
  return ends.map((end, index) => {
    const row = codec.decode(new ByteReader(tuples, ends[index - 1] ?? 0, end));
    return { row, error: undefined };
  });
}

function errorOf<Row>(row: Row, codec: RowCodec<Row>): EncodeError | undefined {
  try {
    encodeTuples([row], codec);
    return undefined;
  } catch (error) {
    return error as EncodeError;
  }
}
