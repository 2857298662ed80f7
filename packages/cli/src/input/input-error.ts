/** A file that cannot be opened, read or decompressed. The message names it. */
export class InputError extends Error {
  override readonly name = "InputError";
}

/** The InputError for an error of the file system. */
export function inputErrorOf(path: string, error: unknown): InputError {
  const { code, message } = error as NodeJS.ErrnoException;
  const reason = (code === undefined ? undefined : REASONS[code]) ?? message;
  return new InputError(`Cannot read ${path}: ${reason}`, { cause: error });
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  ENOTDIR: "there is no such file",
  EACCES: "permission denied",
  EISDIR: "it is a directory",
};
