import { Writable } from "node:stream";

import { addPosition } from "./batch/row-position.js";
import { nextTick } from "./timers.js";

/** The part of a copier that the stream uses. */
interface RowSink<Row> {
  send(row: Row): Promise<void>;
  sendMany(rows: Iterable<Row>): Promise<number>;
  flush(): Promise<void>;
}

/**
 * An object stream that flushes at its end. Rows that it has buffered are sent together. `index` and
 * `accepted` of its errors count from the first row of the stream.
 */
export function rowStream<Row>(sink: RowSink<Row>): Writable {
  let accepted = 0;

  /** Ends a step of the stream, in a tick of its own: an error of a listener must not end up here. */
  function settle(step: Promise<number>, callback: (error?: Error | null) => void): void {
    step.then(
      (rows) => {
        accepted += rows;
        nextTick(callback);
      },
      (error: Error) => {
        addPosition(error, accepted);
        nextTick(callback, error);
      },
    );
  }

  return new Writable({
    objectMode: true,
    write(row: Row, _encoding, callback) {
      settle(
        sink.send(row).then(() => 1),
        callback,
      );
    },
    writev(chunks: { chunk: Row }[], callback) {
      settle(sink.sendMany(chunks.map(({ chunk }) => chunk)), callback);
    },
    final(callback) {
      settle(
        sink.flush().then(() => 0),
        callback,
      );
    },
  });
}
