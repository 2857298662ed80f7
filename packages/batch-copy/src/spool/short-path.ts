import { mkdtemp, open, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Another path of a directory, for as long as it is needed. */
interface ShortPath {
  readonly path: string;
  close(): Promise<void>;
}

/** Makes a short path of a directory. */
export type Shorten = (directory: string) => Promise<ShortPath>;

/**
 * Lets `use` work with a path of the directory that is short enough for a socket in it. The address of a socket
 * has 107 bytes on Linux and 103 on macOS, and libuv cuts a longer one without an error. The directory stays
 * the same while `use` works, though it is renamed.
 *
 * @throws the file system's error: ENOENT if there is no directory
 */
export async function withShortPath<Result>(
  directory: string,
  use: (path: string) => Promise<Result>,
  shorten: Shorten = process.platform === "linux" ? byDescriptor : bySymlink,
): Promise<Result> {
  const short = await shorten(directory);
  try {
    return await use(short.path);
  } finally {
    await short.close();
  }
}

/** Linux has the directory of an open file descriptor as a path (proc_pid_fd(5)). */
async function byDescriptor(directory: string): Promise<ShortPath> {
  const handle = await open(directory);
  return { path: `/proc/self/fd/${handle.fd}`, close: () => handle.close() };
}

/** Elsewhere a symbolic link is the short path. */
export async function bySymlink(directory: string): Promise<ShortPath> {
  // ENOENT if there is none.
  await (await open(directory)).close();
  const folder = await mkdtemp(join(tmpdir(), "bc-"));
  const path = join(folder, "s");
  await symlink(directory, path);
  return { path, close: () => rm(folder, { recursive: true }) };
}
