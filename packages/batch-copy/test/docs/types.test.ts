import { execFile } from "node:child_process";
import { join } from "node:path";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../../../..", import.meta.url));

describe("docs/types.md", () => {
  it("has a true line for each column type of the registry", async () => {
    // Rejects with what the tool says is stale, missing, left over or untrue.
    await run(process.execPath, [join(root, "tools", "type-docs.mjs"), "--check"]);
  });
});
