import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const repository = fileURLToPath(new URL("../../../..", import.meta.url));

let workspace: string;
let library: string;

/** Makes a workspace like this one, with a small library. */
before(async () => {
  const entries = await readFile(join(repository, "packages/batch-copy/src/entries.ts"), "utf8");
  workspace = await mkdtemp(join(tmpdir(), "batch-copy-bundle-"));
  library = join(workspace, "packages", "batch-copy");
  await mkdir(join(library, "src"), { recursive: true });
  const settings = ["bundle.mjs", "package.json", "tsconfig.json"];
  for (const path of [
    "package.json",
    "package-lock.json",
    "tsconfig.base.json",
    ...settings.map((name) => `packages/batch-copy/${name}`),
  ]) {
    await cp(join(repository, path), join(workspace, path));
  }
  await symlink(join(repository, "node_modules"), join(workspace, "node_modules"));
  await write("src/index.ts", 'export { answer } from "./answer.js";\n');
  await write("src/entries.ts", entries);
  await write("src/drizzle.ts", 'export { answer as other } from "./answer.js";\n');
  await write("src/answer.ts", "export const answer: number = 42;\n");
  await bundle();
});

after(() => rm(workspace, { recursive: true, force: true }));

async function write(path: string, content: string): Promise<void> {
  const file = join(library, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, content);
}

async function bundle(): Promise<void> {
  await run(process.execPath, [join(library, "bundle.mjs")]);
}

function built(path: string): Promise<string> {
  return readFile(join(library, "dist", path), "utf8");
}

/** The answer, by `import` in a process of its own. */
async function answer(): Promise<string> {
  const code = `import { answer } from "./dist/index.mjs"; console.log(answer);`;
  const args = ["--input-type=module", "-e", code];
  return (await run(process.execPath, args, { cwd: library })).stdout.trim();
}

describe("the bundle", () => {
  it("is left alone while nothing has changed", async () => {
    await write("dist/index.cjs", "// as it was\n");
    await bundle();
    assert.equal(await built("index.cjs"), "// as it was\n");
  });

  it("is made again after a source has changed", async () => {
    await write("src/answer.ts", "export const answer: number = 43;\n");
    await bundle();
    assert.equal(await answer(), "43");
  });

  it("is made again after a file of it was deleted", async () => {
    for (const path of ["batch-copy.cjs", "index.cjs", "index.mjs", "types"]) {
      await rm(join(library, "dist", path), { recursive: true });
      await bundle();
      assert.equal(await answer(), "43", path);
      assert.match(await built("types/answer.d.ts"), /answer: number/);
    }
  });

  it("is made again after the shared settings of the compiler have changed", async () => {
    const file = join(workspace, "tsconfig.base.json");
    const settings = JSON.parse(await readFile(file, "utf8"));
    settings.compilerOptions.removeComments = true;
    await write("src/answer.ts", "/** A comment. */\nexport const answer: number = 44;\n");
    await bundle();
    assert.match(await built("types/answer.d.ts"), /A comment/);
    await writeFile(file, JSON.stringify(settings));
    await bundle();
    assert.doesNotMatch(await built("types/answer.d.ts"), /A comment/);
  });

  it("has no declarations of files that are gone", async () => {
    await write("src/index.ts", "export const answer: number = 45;\n");
    await write("src/drizzle.ts", "export {};\n");
    await rm(join(library, "src", "answer.ts"));
    await bundle();
    assert.equal(await answer(), "45");
    await assert.rejects(built("types/answer.d.ts"), { code: "ENOENT" });
  });
});
