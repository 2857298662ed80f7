const MEANINGS = {
  ENOENT: "no such file or directory",
  EEXIST: "file already exists",
  ENOTEMPTY: "directory not empty",
  ENOTDIR: "not a directory",
  EISDIR: "illegal operation on a directory",
  ENOSPC: "no space left on device",
  EIO: "i/o error",
} as const;

/** An error as Node's `fs` has it. */
export function systemError(code: keyof typeof MEANINGS, call: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${MEANINGS[code]}, ${call} '${path}'`), {
    code,
    syscall: call,
    path,
  });
}
