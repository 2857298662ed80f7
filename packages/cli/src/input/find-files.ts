import { stat } from "node:fs/promises";
import { resolve } from "node:path";

import { glob, isPattern } from "./glob.js";
import { InputError, inputErrorOf } from "./input-error.js";

/** The path that stands for stdin. */
export const STDIN = "-";

/**
 * Expands patterns, for shells that do not, and checks that all files are there. A file that patterns
 * match twice is taken once.
 *
 * @param paths paths, patterns and `-`
 * @returns paths in the order in which they are given, the files of a pattern sorted
 * @throws InputError for a file that does not exist, a directory, a pattern that matches nothing, or a
 * file that is named twice
 */
export async function findFiles(paths: readonly string[]): Promise<string[]> {
  const found = new Map<string, string>();
  for (const path of paths) {
    if (path === STDIN) {
      found.set(STDIN, STDIN);
    } else if (isPattern(path) && !(await exists(path))) {
      for (const file of await filesOf(path)) {
        found.set(resolve(file), file);
      }
    } else {
      await checkFile(path);
      if (found.has(resolve(path))) {
        throw new InputError(`The file ${path} is given twice`);
      }
      found.set(resolve(path), path);
    }
  }
  return [...found.values()];
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

async function filesOf(pattern: string): Promise<string[]> {
  const files = await glob(pattern).catch((error: unknown) => {
    throw inputErrorOf(pattern, error);
  });
  if (files.length === 0) {
    throw new InputError(`No file matches ${pattern}`);
  }
  return files;
}

async function checkFile(path: string): Promise<void> {
  const found = await stat(path).catch((error: unknown) => {
    throw inputErrorOf(path, error);
  });
  if (found.isDirectory()) {
    throw new InputError(`Cannot read ${path}: it is a directory. Load its files: ${path}/*`);
  }
}
