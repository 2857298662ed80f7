import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/** The files that match a path; its last segment may contain `*`, as in `data/prices-*.csv`. */
export async function findFiles(pattern: string): Promise<string[]> {
  const paths = basename(pattern).includes("*") ? await matching(pattern) : [pattern];
  const areFiles = await Promise.all(paths.map(isFile));
  return paths.filter((_, index) => areFiles[index]);
}

async function matching(pattern: string): Promise<string[]> {
  const folder = dirname(pattern);
  const parts = basename(pattern).split("*");
  const name = new RegExp(`^${parts.map(escapeForRegExp).join(".*")}$`, "s");
  const entries = await readdir(folder).catch(() => []);
  return entries.filter((entry) => name.test(entry)).map((entry) => join(folder, entry));
}

function escapeForRegExp(text: string): string {
  return text.replaceAll(/[\\^$.+?()[\]{}|]/g, String.raw`\$&`);
}

async function isFile(path: string): Promise<boolean> {
  const stats = await stat(path).catch(() => undefined);
  return stats?.isFile() ?? false;
}
