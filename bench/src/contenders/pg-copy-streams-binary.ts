import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

import { from as copyFrom } from "pg-copy-streams";
import streams from "pg-copy-streams-binary";

import { qualifiedName, type Workload } from "../workloads/workload.js";
import { sharesOf, type Open } from "./job.js";
import { connectClients, endAll } from "./pg-clients.js";

interface Field {
  readonly type: string;
  readonly value: unknown;
}

/** The library's type names by SQL type. */
const TYPES: Readonly<Record<string, string>> = {
  bigint: "int8",
  bytea: "bytea",
  "double precision": "float8",
  integer: "int4",
  text: "text",
  "timestamp with time zone": "timestamptz",
};

/** Its `rowWriter`, a stream of rows into a stream of bytes, piped into COPY. */
export const open: Open = async (job) => {
  const clients = await connectClients(job);
  const shares = sharesOf(job);
  const sql = `COPY ${qualifiedName(job.workload)} FROM STDIN (FORMAT binary)`;
  return {
    async write() {
      const copies = clients.map((client, index) =>
        pipeline(
          Readable.from(fields(job.workload, shares[index]!)),
          streams.rowWriter(),
          client.query(copyFrom(sql)),
        ),
      );
      await Promise.all(copies);
    },
    close: () => endAll(clients),
  };
};

function* fields(workload: Workload, [from, to]: readonly [number, number]): Generator<Field[]> {
  const types = Object.values(workload.table.columns).map(({ sql }) => typeNamed(sql));
  for (let n = from; n < to; n++) {
    yield Object.values(workload.row(n)).map((value, index) => {
      const type = types[index]!;
      return { type, value: type === "int8" ? BigInt(value as number) : value };
    });
  }
}

/** An unknown type would be written as an empty field, without an error. */
function typeNamed(sql: string): string {
  const type = TYPES[sql];
  if (type === undefined) throw new Error(`pg-copy-streams-binary has no type ${sql}`);
  return type;
}
