import { Writable } from "node:stream";

/** The part of a copier that a stream writes to. */
interface RowSink<Row> {
  send(row: Row): Promise<void>;
  sendMany(rows: Iterable<Row>): Promise<number>;
  flush(): Promise<void>;
}

/** An object stream whose end is a flush. Rows that queue up in it go on together. */
export function rowStream<Row>(sink: RowSink<Row>): Writable {
  return new Writable({
    objectMode: true,
    write(row: Row, _encoding, callback) {
      settle(sink.send(row), callback);
    },
    writev(chunks: { chunk: Row }[], callback) {
      settle(sink.sendMany(chunks.map(({ chunk }) => chunk)), callback);
    },
    final(callback) {
      settle(sink.flush(), callback);
    },
  });
}

/** Ends a step of the stream. On a tick of its own: what a listener then throws is not ours. */
function settle(step: Promise<unknown>, callback: (error?: Error | null) => void): void {
  step.then(
    () => process.nextTick(callback),
    (error: Error) => process.nextTick(callback, error),
  );
}
