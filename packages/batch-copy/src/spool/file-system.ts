import { statfs } from "node:fs/promises";

/**
 * File systems of one machine, by the magic numbers of statfs(2): what the kernel says about a socket in them
 * is true for all who see it. A socket in another one, such as NFS (0x6969), CIFS (0xff534d42), 9p (0x01021997)
 * or FUSE (0x65735546), may belong to a process of another machine, which this kernel does not know.
 */
const LOCAL: ReadonlySet<number> = new Set([
  0xef53, // ext2, ext3, ext4
  0x58465342, // XFS
  0x9123683e, // Btrfs
  0x2fc12fc1, // ZFS
  0xf2f52010, // F2FS
  0xca451a4e, // bcachefs
  0x3153464a, // JFS
  0x52654973, // ReiserFS
  0x01021994, // tmpfs
  0x858458f6, // ramfs
  0x794c7630, // overlayfs
]);

/**
 * Why it cannot be known whether the owner of a socket that does not answer is dead; undefined if it can.
 *
 * @param directory where the sockets are
 * @throws the file system's error
 */
export async function remoteReason(directory: string): Promise<string | undefined> {
  if (process.platform === "win32") {
    return "Windows has no sockets in directories";
  }
  if (process.platform !== "linux") {
    // Types are numbers of the running system there, not of the file system.
    return undefined;
  }
  const { type } = await statfs(directory);
  return reasonOfType(type);
}

/** As {@link remoteReason}, of a file system of this type on Linux. */
export function reasonOfType(type: number): string | undefined {
  // The number is signed, and as wide as a word (statfs(2)).
  const magic = type >>> 0;
  return LOCAL.has(magic)
    ? undefined
    : `the file system (type 0x${magic.toString(16)}) may be shared with other machines`;
}
