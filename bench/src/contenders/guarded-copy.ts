import { randomUUID } from "node:crypto";
import type { Socket } from "node:net";

import { Client, type Connection, type Submittable } from "pg";

import { columnNames } from "../workloads/column-names.js";
import { LEDGER, sourceName } from "../workloads/ledger.js";
import { qualifiedName, type Row, type Workload } from "../workloads/workload.js";
import { callInTurn } from "./call-in-turn.js";
import type { Open } from "./job.js";

const COPY_HEADER = Buffer.from("PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0", "latin1");
const COPY_TRAILER = Buffer.from([0xff, 0xff]);

/** The messages of the protocol that a client sends. */
const QUERY = "Q";
const COPY_DATA = "d";
const COPY_DONE = "c";

interface RawConnection extends Connection {
  readonly stream: Socket;
}

/** One write to the socket, and the wait for its answer. */
class Exchange implements Submittable {
  readonly done: Promise<void>;
  readonly #bytes: Buffer;
  #resolve!: () => void;
  #reject!: (error: Error) => void;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
    this.done = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  submit(connection: Connection): void {
    (connection as RawConnection).stream.write(this.#bytes);
  }

  handleRowDescription(): void {}

  handleDataRow(): void {}

  handleCopyInResponse(): void {}

  handleCommandComplete(): void {}

  handleReadyForQuery(): void {
    this.#resolve();
  }

  handleError(error: Error): void {
    this.#reject(error);
  }
}

/**
 * What a lone `insert()` of a copier with a ledger says, written by hand with nothing around it: what the
 * server and the way there take.
 */
export const open: Open = async (job) => {
  const client = new Client(process.env["DATABASE_URL"]);
  await client.connect();
  const [source, owner] = [sourceName(0), randomUUID()];
  await client.query(
    `INSERT INTO ${LEDGER} (source, owner, session, position) VALUES ($1, $2, $2, 0)`,
    [source, owner],
  );
  await client.query(
    `PREPARE guard (text, uuid, bigint, bigint) AS
     WITH moved AS (
       UPDATE ${LEDGER} SET position = $4, updated_at = now()
       WHERE source = $1 AND owner = $2 AND position = $3
       RETURNING 1
     ) SELECT CASE WHEN count(*) = 1 THEN '' ELSE current_setting('bench.moved') END FROM moved`,
  );
  const copy = `COPY ${qualifiedName(job.workload)} (${columnNames(job.workload).join(", ")}) FROM STDIN (FORMAT binary)`;
  let position = 0;
  const write = (row: Row): Promise<void> => {
    const guard = `EXECUTE guard ('${source}', '${owner}', ${position}, ${++position})`;
    const data = Buffer.concat([COPY_HEADER, tuple(job.workload, row), COPY_TRAILER]);
    const exchange = new Exchange(
      Buffer.concat([
        message(QUERY, Buffer.from(`${copy}; ${guard}\0`)),
        message(COPY_DATA, data),
        message(COPY_DONE, Buffer.alloc(0)),
      ]),
    );
    return client.query(exchange).done;
  };
  return { write: () => callInTurn(job, write), close: () => client.end() };
};

function message(type: string, body: Buffer): Buffer {
  const header = Buffer.alloc(5);
  header.write(type, "latin1");
  header.writeInt32BE(4 + body.length, 1);
  return Buffer.concat([header, body]);
}

function tuple(workload: Workload, row: Row): Buffer {
  const fields = Object.entries(workload.table.columns).map(([name, { sql }]) =>
    field(sql, row[name]),
  );
  const count = Buffer.alloc(2);
  count.writeInt16BE(fields.length);
  return Buffer.concat([count, ...fields]);
}

function field(type: string, value: unknown): Buffer {
  const bytes = bytesOf(type, value);
  const length = Buffer.alloc(4);
  length.writeInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

function bytesOf(type: string, value: unknown): Buffer {
  if (type === "text") return Buffer.from(value as string);
  if (type !== "bigint") throw new Error(`no bytes of type ${type} by hand`);
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(BigInt(value as number));
  return bytes;
}
