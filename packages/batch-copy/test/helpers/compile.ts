import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Compiles each source as `0.ts`, `1.ts` … in the folder; fails with what the compiler says. */
export async function compile(folder: string, sources: readonly string[]): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await Promise.all(sources.map((code, n) => writeFile(join(folder, `${n}.ts`), code)));
  const compilerOptions = {
    target: "es2022",
    module: "nodenext",
    lib: ["es2023", "esnext.disposable"],
    types: ["node"],
    strict: true,
    rootDir: ".",
  };
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions }));
  const typescript = createRequire(import.meta.url).resolve("typescript/package.json");
  const tsc = join(dirname(typescript), "bin/tsc");
  // The compiler prints what is wrong on stdout, which the error of execFile does not show.
  const compiled = await run(process.execPath, [tsc, "-p", folder]).catch(
    (error: unknown) => error,
  );
  assert.equal((compiled as { stdout: string }).stdout, "");
}
