import { connect, createServer, type Server } from "node:net";
import { join } from "node:path";

import { socketName } from "./entry-names.js";
import { hasCode } from "./file-errors.js";
import { withShortPath } from "./short-path.js";

/** The bytes that the address of a socket may have on macOS; Linux has four more. */
const MAX_ADDRESS_BYTES = 103;

/**
 * A socket in the directory of a stream. The kernel completes connections to it for as long as this process
 * lives, though it is stopped or busy, and refuses them as soon as it is killed.
 */
export class AliveSocket {
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  /**
   * Makes the socket of an owner. It does not keep the process alive.
   *
   * @throws the system's error: ENOENT if there is no directory; EMFILE, EACCES, EPERM, ENOTSUP and others if
   * there can be no socket
   */
  static open(directory: string, owner: string): Promise<AliveSocket> {
    return withShortPath(
      directory,
      async (path) => new AliveSocket(await listen(socketPath(path, owner))),
    );
  }

  /** Answers no more. */
  close(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.close((error) => (error === undefined ? resolve() : reject(error)));
    });
  }
}

/**
 * What the socket of an owner says:
 *
 * - `answers`: its process lives.
 * - `refuses`: its process is dead, or on another machine.
 * - `missing`: there is no socket.
 * - an error: it cannot be asked.
 */
export type SocketAnswer = "answers" | "refuses" | "missing" | Error;

/** Asks the socket of an owner in the directory of its stream. */
export async function askSocket(directory: string, owner: string): Promise<SocketAnswer> {
  try {
    return await withShortPath(directory, (path) => ask(socketPath(path, owner)));
  } catch (error) {
    return answerOf(error as Error);
  }
}

function socketPath(directory: string, owner: string): string {
  const path = join(directory, socketName(owner));
  if (Buffer.byteLength(path) > MAX_ADDRESS_BYTES) {
    throw new Error(`the path ${path} is too long for a socket`);
  }
  return path;
}

/** A worker of node:cluster would listen in its primary, which outlives it, but for `exclusive`. */
function listen(path: string): Promise<Server> {
  const server = createServer({ pauseOnConnect: true }, (connection) => void connection.destroy());
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ path, exclusive: true }, () => {
      server.off("error", reject);
      server.unref();
      resolve(server);
    });
  });
}

function ask(path: string): Promise<SocketAnswer> {
  return new Promise((resolve) => {
    const connection = connect(path);
    connection.once("connect", () => {
      connection.destroy();
      resolve("answers");
    });
    connection.once("error", (error) => resolve(answerOf(error)));
  });
}

/** EAGAIN: so many have asked a process that is stopped that the queue of its socket is full (unix(7)). */
function answerOf(error: Error): SocketAnswer {
  if (hasCode(error, "ECONNREFUSED")) {
    return "refuses";
  }
  if (hasCode(error, "ENOENT")) {
    return "missing";
  }
  return hasCode(error, "EAGAIN") ? "answers" : error;
}
