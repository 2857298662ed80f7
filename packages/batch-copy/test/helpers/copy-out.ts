import type { PoolClient } from "pg";

import { ByteReader } from "../../dist/bytes/byte-reader.js";

/** The header of the binary format: signature, flags, length of the extension. */
const HEADER_BYTES = 19;

/** The tuples that `COPY (query) TO STDOUT (FORMAT binary)` gives, each as a list of its fields' bytes. */
export async function copyOut(client: PoolClient, query: string): Promise<(Buffer | null)[][]> {
  const chunks: Buffer[] = [];
  await new Promise<void>((resolve, reject) => {
    client.query({
      submit: (connection: { query(text: string): void }) =>
        connection.query(`COPY (${query}) TO STDOUT (FORMAT binary)`),
      handleCopyData: ({ chunk }: { chunk: Buffer }) => void chunks.push(Buffer.from(chunk)),
      handleCommandComplete() {},
      handleReadyForQuery: () => resolve(),
      handleError: reject,
    } as never);
  });
  return tuplesOf(new ByteReader(Buffer.concat(chunks), HEADER_BYTES));
}

function tuplesOf(reader: ByteReader): (Buffer | null)[][] {
  const tuples: (Buffer | null)[][] = [];
  for (let fields = reader.int16(); fields >= 0; fields = reader.int16()) {
    tuples.push(
      Array.from({ length: fields }, () => {
        const length = reader.int32();
        return length < 0 ? null : reader.bytes(length);
      }),
    );
  }
  return tuples;
}
