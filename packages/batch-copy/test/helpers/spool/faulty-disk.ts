import { basename } from "node:path";

import type { Disk, DiskFile } from "../../../dist/spool/disk.js";
import { nodeDisk } from "../../../dist/spool/node-disk.js";

export type Operation =
  | "create"
  | "open"
  | "write"
  | "sync-of-write"
  | "truncate"
  | "sync"
  | "close"
  | "rename"
  | "remove"
  | "sync-directory";

interface Fault {
  readonly operation: Operation;
  readonly error: string | undefined;
  readonly bytes: number | undefined;
  times: number;
}

/** The disk of Node, whose operations are noted and fail when a test says so. */
export class FaultyDisk implements Disk {
  /** Each operation that changes or syncs something, and the name of its file. */
  readonly log: string[] = [];
  bytesRead = 0;
  /** Of the last write. */
  parts: readonly Buffer[] = [];
  readonly #faults: Fault[] = [];

  /** Lets the next operations of this kind fail. `sync-of-write` is after the bytes were written. */
  fail(operation: Operation, error: string, times = 1): void {
    this.#faults.push({ operation, error, bytes: undefined, times });
  }

  /** Lets the next writes write only so many bytes, without an error. */
  writeLess(bytes: number, times = 1): void {
    this.#faults.push({ operation: "write", error: undefined, bytes, times });
  }

  /** Ends all faults. */
  heal(): void {
    this.#faults.length = 0;
  }

  /** The operations on a file since the last one of this name. */
  since(operation: Operation, name: string): readonly string[] {
    return this.log.slice(this.log.lastIndexOf(`${operation} ${name}`) + 1);
  }

  /** Notes an operation; returns how many bytes it may write, and throws if it is to fail. */
  begin(operation: Operation, path: string): number | undefined {
    this.log.push(`${operation} ${basename(path)}`);
    const fault = this.#faults.find((one) => one.operation === operation);
    if (fault === undefined) {
      return undefined;
    }
    if (--fault.times === 0) {
      this.#faults.splice(this.#faults.indexOf(fault), 1);
    }
    if (fault.error !== undefined) {
      const error = new Error(`${fault.error}: ${operation} '${path}'`);
      throw Object.assign(error, { code: fault.error });
    }
    return fault.bytes;
  }

  async create(path: string): Promise<DiskFile> {
    this.begin("create", path);
    return new FaultyFile(this, path, await nodeDisk.create(path));
  }

  async open(path: string): Promise<DiskFile> {
    this.begin("open", path);
    return new FaultyFile(this, path, await nodeDisk.open(path));
  }

  makeDirectory(path: string): Promise<void> {
    return nodeDisk.makeDirectory(path);
  }

  list(path: string): Promise<string[]> {
    return nodeDisk.list(path);
  }

  async rename(from: string, to: string): Promise<void> {
    this.begin("rename", from);
    await nodeDisk.rename(from, to);
  }

  async remove(path: string): Promise<void> {
    this.begin("remove", path);
    await nodeDisk.remove(path);
  }

  removeDirectory(path: string): Promise<void> {
    return nodeDisk.removeDirectory(path);
  }

  async syncDirectory(path: string): Promise<void> {
    this.begin("sync-directory", path);
    await nodeDisk.syncDirectory(path);
  }

  exists(path: string): boolean {
    return nodeDisk.exists(path);
  }
}

class FaultyFile implements DiskFile {
  readonly #disk: FaultyDisk;
  readonly #path: string;
  readonly #file: DiskFile;

  constructor(disk: FaultyDisk, path: string, file: DiskFile) {
    this.#disk = disk;
    this.#path = path;
    this.#file = file;
  }

  async writeDurably(parts: readonly Buffer[], position: number): Promise<number> {
    this.#disk.parts = parts;
    const limit = this.#disk.begin("write", this.#path);
    if (limit !== undefined) {
      return this.#file.writeDurably([Buffer.concat(parts).subarray(0, limit)], position);
    }
    const written = await this.#file.writeDurably(parts, position);
    this.#disk.begin("sync-of-write", this.#path);
    return written;
  }

  async read(buffer: Buffer, position: number): Promise<number> {
    const read = await this.#file.read(buffer, position);
    this.#disk.bytesRead += read;
    return read;
  }

  size(): Promise<number> {
    return this.#file.size();
  }

  async truncateDurably(bytes: number): Promise<void> {
    this.#disk.begin("truncate", this.#path);
    await this.#file.truncateDurably(bytes);
  }

  async sync(): Promise<void> {
    this.#disk.begin("sync", this.#path);
    await this.#file.sync();
  }

  async close(): Promise<void> {
    this.#disk.begin("close", this.#path);
    await this.#file.close();
  }
}
