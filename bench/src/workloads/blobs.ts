import { bytea, int8, table } from "batch-copy";

import { SCHEMA, type Workload } from "./workload.js";

const BYTES = 10_000;

const blobs = table("blobs", { id: int8, content: bytea }, { schema: SCHEMA });

/** Incompressible bytes; the row's number overwrites the first ones. */
const CONTENT = contentOf(BYTES);

/** Images, messages, pages: the server stores them out of line. */
export const blobsWorkload: Workload<(typeof blobs)["columns"]> = {
  name: "blobs",
  description: "int8, bytea of 10 000 incompressible bytes",
  table: blobs,
  rows: 20_000,
  rowsPerInsert: 100,
  row(n) {
    const content = Buffer.from(CONTENT);
    content.writeUInt32BE(n);
    return { id: n, content };
  },
  line: (row) => `${row.id}\t\\\\x${(row.content as Buffer).toString("hex")}\n`,
};

/** A linear congruential generator; the upper bits are the random ones. */
function contentOf(length: number): Buffer {
  const content = Buffer.alloc(length);
  let state = 1;
  for (let at = 0; at < length; at++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    content[at] = state >>> 24;
  }
  return content;
}
