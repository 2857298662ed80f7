import { once } from "node:events";
import { createReadStream } from "node:fs";
import type { Socket } from "node:net";

import type { Client, Connection, Submittable } from "pg";

import { qualifiedName } from "../workloads/workload.js";
import type { Open } from "./job.js";
import { connectClients, endAll } from "./pg-clients.js";

const CHUNK_BYTES = 64 * 1024;
const COPY_DATA = "d".charCodeAt(0);

/** Members of pg's connection that its types do not declare. */
interface RawConnection extends Connection {
  readonly stream: Socket;
  query(sql: string): void;
  endCopyFrom(): void;
}

/** One COPY of a ready file, as bytes from the disk to the socket. */
class FileCopy implements Submittable {
  readonly done: Promise<void>;
  readonly #sql: string;
  readonly #file: string;
  #resolve!: () => void;
  #reject!: (error: Error) => void;

  constructor(sql: string, file: string) {
    this.#sql = sql;
    this.#file = file;
    this.done = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  submit(connection: Connection): void {
    (connection as RawConnection).query(this.#sql);
  }

  handleCopyInResponse(connection: RawConnection): void {
    this.#send(connection).catch(this.#reject);
  }

  handleCommandComplete(): void {}

  handleReadyForQuery(): void {
    this.#resolve();
  }

  handleError(error: Error): void {
    this.#reject(error);
  }

  async #send(connection: RawConnection): Promise<void> {
    const { stream } = connection;
    for await (const chunk of createReadStream(this.#file, { highWaterMark: CHUNK_BYTES })) {
      const bytes = chunk as Buffer;
      const header = Buffer.alloc(5);
      header[0] = COPY_DATA;
      header.writeInt32BE(bytes.length + 4, 1);
      stream.cork();
      stream.write(header);
      const hasRoom = stream.write(bytes);
      stream.uncork();
      if (!hasRoom) await once(stream, "drain");
    }
    connection.endCopyFrom();
  }
}

/** Ready binary files streamed by Node alone: the limit of JavaScript without an encoder. */
export const open: Open = async (job) => {
  const clients = await connectClients(job);
  const sql = `COPY ${qualifiedName(job.workload)} FROM STDIN (FORMAT binary)`;
  const copy = (client: Client, file: string): Promise<void> =>
    client.query(new FileCopy(sql, file)).done;
  return {
    async write() {
      await Promise.all(clients.map((client, index) => copy(client, job.files[index]!)));
    },
    close: () => endAll(clients),
  };
};
