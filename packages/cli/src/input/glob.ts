import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";

/** Whether a path has a character that a pattern gives a meaning. */
export function isPattern(path: string): boolean {
  return /[*?[]/.test(path);
}

/**
 * Finds the files that a pattern of a shell matches: `*` and `?` in a name, `[a-z]` and `[!a-z]` for one
 * character, `**` for any number of directories. As in shells, a name that begins with a dot is matched
 * only by a dot, and `**` does not follow symbolic links.
 *
 * @returns the paths of files, not of directories, in the order of their UTF-16 code units
 */
export async function glob(pattern: string): Promise<string[]> {
  const segments = pattern.split("/").filter((segment) => segment !== "" && segment !== ".");
  const found = new Set<string>();
  await walk(pattern.startsWith("/") ? "/" : "", segments, found);
  return [...found].toSorted();
}

async function walk(
  directory: string,
  [segment, ...rest]: readonly string[],
  found: Set<string>,
): Promise<void> {
  if (segment === undefined) {
    return;
  }
  if (segment === "**") {
    return walkAnyDepth(directory, rest.length === 0 ? ["*"] : rest, found);
  }
  const paths = isPattern(segment)
    ? (await namesIn(directory)).filter(matcherOf(segment)).map((name) => join(directory, name))
    : [join(directory, segment)];
  for (const path of paths) {
    if (rest.length > 0) {
      await walk(path, rest, found);
    } else if (await isFile(path)) {
      found.add(path);
    }
  }
}

async function walkAnyDepth(
  directory: string,
  rest: readonly string[],
  found: Set<string>,
): Promise<void> {
  await walk(directory, rest, found);
  const entries = await entriesOf(directory);
  for (const entry of entries.filter((each) => each.isDirectory() && !each.name.startsWith("."))) {
    await walkAnyDepth(join(directory, entry.name), rest, found);
  }
}

async function namesIn(directory: string): Promise<string[]> {
  return (await entriesOf(directory)).map(({ name }) => name);
}

/** What is no directory has no entries. A directory that cannot be read is an error. */
async function entriesOf(directory: string) {
  try {
    return await readdir(directory === "" ? "." : directory, { withFileTypes: true });
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) {
      return [];
    }
    throw error;
  }
}

async function isFile(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found !== undefined && !found.isDirectory();
}

/** One element of a name: `*`, `?`, a set of characters, or a character. */
const ELEMENT = /\*+|\?|\[([!^]?)(\][^\]]*|[^\]]+)\]|./gsu;

function matcherOf(segment: string): (name: string) => boolean {
  const source = segment.replaceAll(ELEMENT, (element: string, not = "", set?: string) => {
    if (set !== undefined) {
      return `[${not && "^"}${set.replaceAll(/[\\\]^[]/g, String.raw`\$&`)}]`;
    }
    if (element.startsWith("*")) {
      return ".*";
    }
    return element === "?" ? "." : element.replace(/[\\^$.*+?()[\]{}|/]/, String.raw`\$&`);
  });
  const expression = new RegExp(`^${source}$`, "su");
  const takesHidden = segment.startsWith(".");
  return (name) => (takesHidden || !name.startsWith(".")) && expression.test(name);
}
