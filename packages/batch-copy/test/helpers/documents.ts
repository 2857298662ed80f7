import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The root of the repository. */
export const root: string = fileURLToPath(new URL("../../../..", import.meta.url));

/** The pages that people write and read, as paths from the root. */
export async function documents(): Promise<string[]> {
  const pages = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md"];
  const inDocs = await readdir(join(root, "docs"), { recursive: true });
  return [...pages, ...inDocs.filter((name) => name.endsWith(".md")).map((name) => `docs/${name}`)];
}

/** The text of a page. */
export function readDocument(path: string): Promise<string> {
  return readFile(join(root, path), "utf8");
}

/** The code blocks of a page that are in a language. */
export async function codeBlocks(path: string, language: string): Promise<string[]> {
  const document = await readDocument(path);
  return Array.from(
    document.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, "gms")),
    ([, code]) => code!,
  );
}
