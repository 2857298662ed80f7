/** The error of a write that wrote less than it was given. */
export function diskFull(path: string): NodeJS.ErrnoException {
  const error = new Error(`ENOSPC: no space left on device, write '${path}'`);
  return Object.assign(error, { code: "ENOSPC", path, syscall: "write" });
}

/** Whether an operation failed because the disk, or a quota, is full. */
export function isDiskFull(error: unknown): boolean {
  return hasCode(error, "ENOSPC") || hasCode(error, "EDQUOT");
}

/** Whether it is an error of the file system with this code. */
export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
