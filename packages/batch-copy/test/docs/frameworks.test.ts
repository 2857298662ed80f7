import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";

import { compile } from "../helpers/compile.js";
import { codeBlocks } from "../helpers/documents.js";

const PAGE = "docs/frameworks.md";
/** Inside the package, so that the libraries resolve as they do for users. */
const workFolder = fileURLToPath(new URL("../../dist-test/documented/frameworks", import.meta.url));

/** Of Next.js 16.4.6, which is too large to be installed for this. */
const NEXT_SERVER = `declare module "next/server" {
  export function after<T>(task: Promise<T> | (() => T | Promise<T>)): void;
}`;

describe("Web frameworks and loggers", () => {
  // The same code as examples, which running-examples.test.ts runs; that for Next.js is not run.
  it("has code that compiles", async () => {
    const blocks = await codeBlocks(PAGE, "ts");
    assert.ok(blocks.length >= 5, `${blocks.length} blocks`);
    const nameOf = (code: string): string | undefined => /^\/\/ (\S+\.ts)\n/.exec(code)?.[1];
    const programs = blocks.filter((code) => nameOf(code) === undefined);
    const modules = blocks.filter((code) => nameOf(code) !== undefined);
    await compile(workFolder, programs, {
      ...Object.fromEntries(modules.map((code) => [nameOf(code)!, code])),
      "next-server.d.ts": NEXT_SERVER,
    });
  });
});
