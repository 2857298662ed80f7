import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";

/** A folder of the test file's own. */
export interface TestFolder {
  readonly path: string;
  /** Writes a file, and returns its path. */
  write(name: string, content: string | Uint8Array): string;
}

/** Makes a folder, and registers the hook that removes it. */
export function useFolder(): TestFolder {
  const path = mkdtempSync(join(tmpdir(), "batch-copy-cli-"));
  after(() => rmSync(path, { recursive: true }));
  return {
    path,
    write(name, content) {
      const file = join(path, name);
      writeFileSync(file, content);
      return file;
    },
  };
}
