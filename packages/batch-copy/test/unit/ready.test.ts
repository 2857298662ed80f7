import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, describe, it } from "node:test";
import { fileURLToPath } from "node:url";

const script = fileURLToPath(new URL("../../../../tools/ready.mjs", import.meta.url));

const compiler = { version: "7.0.2", integrity: "sha512-a" };
const binary = { optional: true, os: [process.platform], cpu: [process.arch] };
const foreign = { optional: true, os: ["other"], cpu: [process.arch] };
const locked = {
  "": { name: "workspace" },
  "node_modules/compiler": compiler,
  "node_modules/binary": binary,
  "node_modules/foreign": foreign,
};
const installed = { "node_modules/compiler": compiler, "node_modules/binary": binary };

let checkout: string;

before(async () => {
  checkout = await mkdtemp(join(tmpdir(), "batch-copy-ready-"));
  await mkdir(join(checkout, "tools"));
  await cp(script, join(checkout, "tools", "ready.mjs"));
  // Prints its arguments and fails, so that nothing is built.
  const npm = '#!/bin/sh\necho "npm $*" >&2\nexit 3\n';
  await writeFile(join(checkout, "npm"), npm, { mode: 0o755 });
});

beforeEach(async () => {
  await rm(join(checkout, "node_modules"), { recursive: true, force: true });
  await mkdir(join(checkout, "node_modules"));
  await writeLock("package-lock.json", locked);
});

after(() => rm(checkout, { recursive: true, force: true }));

async function writeLock(path: string, packages: object): Promise<void> {
  await writeFile(join(checkout, path), JSON.stringify({ packages }));
}

/** What ready.mjs prints, with that npm first in PATH. */
function ready(): Promise<string> {
  const env = { ...process.env, PATH: `${checkout}:${process.env["PATH"]}` };
  const args = [join(checkout, "tools", "ready.mjs")];
  return new Promise((resolve) => {
    execFile(process.execPath, args, { env }, (_error, _stdout, stderr) => resolve(stderr));
  });
}

describe("a checkout", () => {
  it("is installed with all that building needs, whatever npm's settings omit", async () => {
    const output = await ready();
    assert.match(output, /Running npm ci: nothing is installed yet\./);
    assert.match(output, /^npm ci --include=dev --include=optional /m);
  });

  it("is not installed again if only binaries of other platforms are missing", async () => {
    await writeLock("node_modules/.package-lock.json", installed);
    assert.doesNotMatch(await ready(), /npm ci/);
  });

  it("is installed again if a package differs, or a binary for this platform is missing", async () => {
    const older = { ...installed, "node_modules/compiler": { ...compiler, version: "7.0.1" } };
    await writeLock("node_modules/.package-lock.json", older);
    assert.match(await ready(), /Running npm ci: node_modules\/compiler differs/);
    await writeLock("node_modules/.package-lock.json", { "node_modules/compiler": compiler });
    assert.match(await ready(), /Running npm ci: node_modules\/binary differs/);
  });
});
