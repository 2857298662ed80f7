/** A file that is open for reading and writing. Every position is given: a file has none of its own. */
export interface DiskFile {
  /**
   * One write at `position`, then fdatasync.
   *
   * @returns the bytes that were written. If they are fewer than asked for, because the disk is full, nothing
   * was synced.
   * @throws the file system's error. What is at `position` and behind it is unknown then.
   */
  writeDurably(parts: readonly Buffer[], position: number): Promise<number>;
  /** Resolves to the number of bytes that were read: fewer than fit only at the end of the file. */
  read(buffer: Buffer, position: number): Promise<number>;
  /** The length of the file, in bytes. */
  size(): Promise<number>;
  /** Cuts the file to so many bytes, and syncs that. */
  truncateDurably(bytes: number): Promise<void>;
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** What the spool needs of a file system. Errors are those of Node, with their `code`. */
export interface Disk {
  /** Creates a file, which must not exist (`O_EXCL`). */
  create(path: string): Promise<DiskFile>;
  /** Opens a file that exists. */
  open(path: string): Promise<DiskFile>;
  makeDirectory(path: string): Promise<void>;
  /** The names of what is in a directory. */
  list(path: string): Promise<string[]>;
  rename(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
  removeDirectory(path: string): Promise<void>;
  /** Makes durable what was created, renamed and removed in a directory. */
  syncDirectory(path: string): Promise<void>;
  /** Whether there is something. It is synchronous, because it is asked before each acknowledgement. */
  exists(path: string): boolean;
}
