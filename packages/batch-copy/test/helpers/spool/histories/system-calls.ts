import type { Disk } from "../../../../dist/spool/disk.js";

export function codeOf(error: unknown): string | undefined {
  return (error as { code?: string }).code;
}

/** Whether another attempt may succeed: the disk is full, or has failed. */
export function isPassing(error: unknown): boolean {
  return ["EIO", "ENOSPC"].includes(codeOf(error) ?? "");
}

/** Repeats what fails because of the disk, after a pause. */
export async function persist<Result>(
  act: () => Promise<Result>,
  pause: () => Promise<void>,
): Promise<Result> {
  for (;;) {
    try {
      return await act();
    } catch (error) {
      if (!isPassing(error)) {
        throw error;
      }
      await pause();
    }
  }
}

/** Resolves to undefined if another life has removed it meanwhile, or does so now. */
export async function unlessGone<Result>(call: Promise<Result>): Promise<Result | undefined> {
  try {
    return await call;
  } catch (error) {
    if (!["ENOENT", "ENOTEMPTY"].includes(codeOf(error) ?? "")) {
      throw error;
    }
    return undefined;
  }
}

/** Removes a directory and its files, some of which may be gone already. */
export async function removeAll(disk: Disk, directory: string): Promise<void> {
  for (const name of (await unlessGone(disk.list(directory))) ?? []) {
    await unlessGone(disk.remove(`${directory}/${name}`));
  }
  await unlessGone(disk.removeDirectory(directory));
}
