import type { Disk, DiskFile } from "./disk.js";

/** Opens each file once, and keeps it until the end: it can be read though its owner has removed it since. */
export class PinnedFiles {
  readonly #files = new Map<string, Promise<DiskFile>>();
  /** A disk whose files are kept open. */
  readonly disk: Disk;

  constructor(disk: Disk) {
    this.disk = {
      ...disk,
      open: async (path) => {
        const opening = this.#files.get(path) ?? disk.open(path);
        this.#files.set(path, opening);
        return keptOpen(await opening);
      },
    };
  }

  /** Closes them all. */
  async close(): Promise<void> {
    const opened = await Promise.allSettled(this.#files.values());
    const files = opened.flatMap((one) => (one.status === "fulfilled" ? one.value : []));
    await Promise.all(files.map((file) => file.close()));
  }
}

/** Its users close what they open. */
function keptOpen(file: DiskFile): DiskFile {
  return {
    writeDurably: (parts, position) => file.writeDurably(parts, position),
    read: (buffer, position) => file.read(buffer, position),
    size: () => file.size(),
    truncateDurably: (bytes) => file.truncateDurably(bytes),
    sync: () => file.sync(),
    close: () => Promise.resolve(),
  };
}
