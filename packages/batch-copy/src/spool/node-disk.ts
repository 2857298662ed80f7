import * as fs from "node:fs";

import { diskThread } from "./disk-thread.js";
import type { Disk, DiskFile } from "./disk.js";

const { O_RDWR, O_CREAT, O_EXCL } = fs.constants;

/** Files are for their owner only: they have what the table has. */
const MODE = 0o600;

/** How much memory of closed files is kept for the next ones, which would leave as much garbage each. */
const MOST_SPARE = 2;
const spare: Uint8Array[] = [];

/** The file system of Node, by a thread of its own. */
export const nodeDisk: Disk = {
  create: (path) => openFile(path, O_RDWR | O_CREAT | O_EXCL),
  open: (path) => openFile(path, O_RDWR),
  makeDirectory: (path) => diskThread.call("mkdirSync", [path]),
  list: (path) => diskThread.call("readdirSync", [path]),
  rename: (from, to) => diskThread.call("renameSync", [from, to]),
  remove: (path) => diskThread.call("unlinkSync", [path]),
  removeDirectory: (path) => diskThread.call("rmdirSync", [path]),
  syncDirectory,
  exists: (path) => fs.existsSync(path),
};

class NodeFile implements DiskFile {
  readonly #fd: number;
  /** Shared with the thread. */
  #memory = spare.pop() ?? shared(0);

  constructor(fd: number) {
    this.#fd = fd;
  }

  writeDurably(parts: readonly Buffer[], position: number): Promise<number> {
    const bytes = parts.reduce((sum, { length }) => sum + length, 0);
    const memory = this.#room(bytes);
    let end = 0;
    for (const part of parts) {
      memory.set(part, end);
      end += part.length;
    }
    return diskThread.call("writeDurably", [this.#fd, bytes, position], memory);
  }

  async read(buffer: Buffer, position: number): Promise<number> {
    const memory = this.#room(buffer.length);
    const bytes = await diskThread.call("read", [this.#fd, buffer.length, position], memory);
    buffer.set(memory.subarray(0, bytes));
    return bytes;
  }

  size(): Promise<number> {
    return diskThread.call("size", [this.#fd]);
  }

  async truncateDurably(bytes: number): Promise<void> {
    await diskThread.call("ftruncateSync", [this.#fd, bytes]);
    await this.sync();
  }

  sync(): Promise<void> {
    return diskThread.call("fsyncSync", [this.#fd]);
  }

  async close(): Promise<void> {
    await diskThread.call("closeSync", [this.#fd]);
    if (spare.length < MOST_SPARE) {
      spare.push(this.#memory);
    }
    this.#memory = NONE;
  }

  /** As much memory as a call needs; it is kept for the next one. */
  #room(bytes: number): Uint8Array {
    if (this.#memory.length < bytes) {
      this.#memory = shared(Math.max(bytes, 2 * this.#memory.length));
    }
    return this.#memory;
  }
}

const NONE = shared(0);

function shared(bytes: number): Uint8Array {
  return new Uint8Array(new SharedArrayBuffer(bytes));
}

async function openFile(path: string, flags: number): Promise<DiskFile> {
  return new NodeFile(await diskThread.call("openSync", [path, flags, MODE]));
}

/** Windows has no handles of directories that could be flushed, and NTFS keeps a journal of them. */
async function syncDirectory(path: string): Promise<void> {
  if (process.platform === "win32") {
    return;
  }
  const fd = await diskThread.call("openSync", [path, "r", MODE]);
  try {
    await diskThread.call("fsyncSync", [fd]);
  } finally {
    await diskThread.call("closeSync", [fd]);
  }
}
