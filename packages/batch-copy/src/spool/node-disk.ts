import * as fs from "node:fs";

import type { Disk, DiskFile } from "./disk.js";

/** The file system of Node. Callbacks, because the calls of a `FileHandle` take a third longer. */
export const nodeDisk: Disk = {
  create: (path) =>
    openFile(path, fs.constants.O_RDWR | fs.constants.O_CREAT | fs.constants.O_EXCL),
  open: (path) => openFile(path, fs.constants.O_RDWR),
  makeDirectory: (path) => called((done) => fs.mkdir(path, done)),
  list: (path) => answered((done) => fs.readdir(path, done)),
  rename: (from, to) => called((done) => fs.rename(from, to, done)),
  remove: (path) => called((done) => fs.unlink(path, done)),
  removeDirectory: (path) => called((done) => fs.rmdir(path, done)),
  syncDirectory,
  exists: (path) => fs.existsSync(path),
};

class NodeFile implements DiskFile {
  readonly #fd: number;

  constructor(fd: number) {
    this.#fd = fd;
  }

  async writeDurably(parts: readonly Buffer[], position: number): Promise<number> {
    const asked = parts.reduce((bytes, part) => bytes + part.length, 0);
    const written = await this.#write(parts, position);
    if (written === asked) {
      await called((done) => fs.fdatasync(this.#fd, done));
    }
    return written;
  }

  async read(buffer: Buffer, position: number): Promise<number> {
    let filled = 0;
    while (filled < buffer.length) {
      const got = await answered<number>((done) =>
        fs.read(this.#fd, buffer, filled, buffer.length - filled, position + filled, done),
      );
      if (got === 0) {
        break;
      }
      filled += got;
    }
    return filled;
  }

  async size(): Promise<number> {
    const { size } = await answered<fs.Stats>((done) => fs.fstat(this.#fd, done));
    return size;
  }

  async truncateDurably(bytes: number): Promise<void> {
    await called((done) => fs.ftruncate(this.#fd, bytes, done));
    await this.sync();
  }

  sync(): Promise<void> {
    return called((done) => fs.fsync(this.#fd, done));
  }

  close(): Promise<void> {
    return called((done) => fs.close(this.#fd, done));
  }

  /** A write that finds the disk full has written nothing; one that filled it has written less. */
  #write(parts: readonly Buffer[], position: number): Promise<number> {
    return new Promise((resolve, reject) => {
      fs.writev(this.#fd, parts, position, (error, written) => {
        if (error === null) {
          resolve(written);
        } else if (error.code === "ENOSPC" || error.code === "EDQUOT") {
          resolve(0);
        } else {
          reject(error);
        }
      });
    });
  }
}

async function openFile(path: string, flags: number): Promise<DiskFile> {
  return new NodeFile(await answered<number>((done) => fs.open(path, flags, 0o600, done)));
}

/** Windows has no handles of directories that could be flushed, and NTFS keeps a journal of them. */
async function syncDirectory(path: string): Promise<void> {
  if (process.platform === "win32") {
    return;
  }
  const fd = await answered<number>((done) => fs.open(path, "r", done));
  try {
    await called((done) => fs.fsync(fd, done));
  } finally {
    await called((done) => fs.close(fd, done));
  }
}

function called(start: (done: (error: Error | null) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    start((error) => (error === null ? resolve() : reject(error)));
  });
}

function answered<Answer>(
  start: (done: (error: Error | null, answer: Answer) => void) => void,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    start((error, answer) => (error === null ? resolve(answer) : reject(error)));
  });
}
