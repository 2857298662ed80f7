import { Worker } from "node:worker_threads";

/** What the thread can do: calls of `node:fs` that block it, and nobody else. */
interface DiskCalls {
  openSync(path: string, flags: string | number, mode: number): number;
  closeSync(fd: number): void;
  fsyncSync(fd: number): void;
  ftruncateSync(fd: number, bytes: number): void;
  mkdirSync(path: string): void;
  readdirSync(path: string): string[];
  renameSync(from: string, to: string): void;
  unlinkSync(path: string): void;
  rmdirSync(path: string): void;
  /** The length of a file. */
  size(fd: number): number;
  /** Reads into the shared memory; returns the number of bytes. */
  read(fd: number, bytes: number, position: number): number;
  /** Writes from the shared memory, and syncs if all was written; returns the number of bytes. */
  writeDurably(fd: number, bytes: number, position: number): number;
}

interface Answer {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: { readonly message: string; readonly code: string | undefined };
}

interface Caller {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** The program of the thread, as text: a file of its own would have to be found by every bundler. */
const PROGRAM = `
const fs = require("node:fs");
const { parentPort } = require("node:worker_threads");
const own = {
  size: (memory, fd) => fs.fstatSync(fd).size,
  read: (memory, fd, bytes, position) => {
    let filled = 0;
    for (let got = 1; filled < bytes && got > 0; filled += got) {
      got = fs.readSync(fd, memory, filled, bytes - filled, position + filled);
    }
    return filled;
  },
  writeDurably: (memory, fd, bytes, position) => {
    let written = 0;
    try {
      written = fs.writeSync(fd, memory, 0, bytes, position);
    } catch (error) {
      if (error.code !== "ENOSPC" && error.code !== "EDQUOT") throw error;
    }
    if (written === bytes) fs.fdatasyncSync(fd);
    return written;
  },
};
parentPort.on("message", ({ id, name, args, memory }) => {
  try {
    const call = own[name];
    const value = call === undefined ? fs[name](...args) : call(memory, ...args);
    parentPort.postMessage({ id, value });
  } catch ({ message, code }) {
    parentPort.postMessage({ id, error: { message, code } });
  }
});
`;

/**
 * A thread for the files of spools. The calls of `node:fs` that do not block share four threads with DNS
 * lookups and others (https://nodejs.org/api/cli.html, UV_THREADPOOL_SIZE): when those are stuck, no row
 * would be synced. Calls are made one after the other.
 */
class DiskThread {
  #worker: Worker | undefined;
  readonly #callers = new Map<number, Caller>();
  #calls = 0;

  /** Makes a call; rejects with the file system's error. */
  call<Name extends keyof DiskCalls>(
    name: Name,
    args: Parameters<DiskCalls[Name]>,
    memory?: Uint8Array,
  ): Promise<ReturnType<DiskCalls[Name]>> {
    return new Promise((resolve, reject) => {
      const worker = (this.#worker ??= this.#start());
      const id = this.#calls++;
      this.#callers.set(id, { resolve, reject });
      // It keeps the process alive as long as it has something to do.
      worker.ref();
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has none
      worker.postMessage({ id, name, args, memory });
    });
  }

  #start(): Worker {
    // Flags of the process may make modules of programs, or load hooks into every thread.
    const options = { eval: true, execArgv: [], name: "batch-copy spool" };
    const worker = new Worker(PROGRAM, options);
    worker.on("message", (answer: Answer) => this.#onAnswer(answer));
    worker.on("error", (error) => this.#onEnd(worker, error));
    worker.on("exit", () => {
      this.#onEnd(worker, new Error("the thread for the spool's files has ended"));
    });
    return worker;
  }

  #onAnswer({ id, value, error }: Answer): void {
    const caller = this.#callers.get(id);
    this.#callers.delete(id);
    if (this.#callers.size === 0) {
      this.#worker?.unref();
    }
    if (error === undefined) {
      caller?.resolve(value);
    } else {
      caller?.reject(Object.assign(new Error(error.message), { code: error.code }));
    }
  }

  #onEnd(worker: Worker, error: Error): void {
    if (worker !== this.#worker) {
      return;
    }
    this.#worker = undefined;
    const callers = [...this.#callers.values()];
    this.#callers.clear();
    callers.forEach((caller) => caller.reject(error));
  }
}

/** That of the process: it starts with the first spool. */
export const diskThread: DiskThread = new DiskThread();
