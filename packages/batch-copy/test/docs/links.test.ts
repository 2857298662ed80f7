import assert from "node:assert/strict";
import { access, readdir } from "node:fs/promises";
import { join, relative } from "node:path";
import { describe, it } from "node:test";

import { documents, readDocument, root } from "../helpers/documents.js";

describe("the documents", () => {
  it("have relative links that lead to files and headings that exist", async () => {
    let links = 0;
    const dead: string[] = [];
    for (const page of await documents()) {
      for (const target of linksIn(await readDocument(page))) {
        links++;
        if (!(await exists(page, target))) dead.push(`${page}: ${target}`);
      }
    }
    assert.deepEqual(dead, []);
    assert.ok(links >= 40, `${links} links`);
  });

  it("name source files that exist", async () => {
    const files = await sourceFiles();
    for (const page of ["ARCHITECTURE.md", "CONTRIBUTING.md"]) {
      const text = await readDocument(page);
      const names = Array.from(
        text.matchAll(/`([\w./-]+\.(?:ts|mjs|py|json))`/g),
        ([, name]) => name!,
      );
      const missing = names.filter(
        (name) => !files.some((file) => `/${file}`.endsWith(`/${name}`)),
      );
      assert.deepEqual(missing, [], page);
      assert.ok(names.length > 0);
    }
  });

  it("have headings whose anchors are those of GitHub", () => {
    const text = "# A `b`, and c\n\n```sh\n# no heading\n```\n\n## Why?\n\n## Why?\n";
    assert.deepEqual(anchorsIn(text), ["a-b-and-c", "why", "why-1"]);
  });
});

/** Files that people write, but for the modules and the output beside them. */
async function sourceFiles(): Promise<string[]> {
  const inFolders = await Promise.all(
    ["packages", "bench", "examples", "tools", "docs"].map(async (folder) =>
      (await readdir(join(root, folder), { recursive: true })).map((name) => join(folder, name)),
    ),
  );
  const files = [...(await readdir(root)), ...inFolders.flat()];
  return files.filter((file) => !/\b(node_modules|dist|dist-test)\b/.test(file));
}

/** Links and pictures that lead to another place of the repository. */
function linksIn(text: string): string[] {
  return Array.from(withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g), ([, target]) => target!).filter(
    (target) => !/^[a-z]+:/.test(target),
  );
}

async function exists(page: string, target: string): Promise<boolean> {
  const [path, anchor] = target.split("#") as [string, string?];
  const file = path === "" ? page : relative(root, join(root, page, "..", path));
  try {
    await access(join(root, file));
  } catch {
    return false;
  }
  return anchor === undefined || anchorsIn(await readDocument(file)).includes(anchor);
}

/** By the rule of github-slugger: lower case, no punctuation, hyphens for spaces, repetitions numbered. */
function anchorsIn(text: string): string[] {
  const seen = new Map<string, number>();
  return Array.from(withoutBlocks(text).matchAll(/^#+ (.+)$/gm), ([, heading]) => {
    const slug = heading!
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(" ", "-");
    const count = seen.get(slug) ?? 0;
    seen.set(slug, count + 1);
    return count === 0 ? slug : `${slug}-${count}`;
  });
}

function withoutBlocks(text: string): string {
  return text.replaceAll(/^```.*?^```/gms, "");
}

function withoutCode(text: string): string {
  return withoutBlocks(text).replaceAll(/`[^`\n]*`/g, "``");
}
