import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/**
 * Compiles each source as `0.ts`, `1.ts` … in the folder; fails with what the compiler says.
 *
 * @param files more sources, by their paths in the folder
 */
export async function compile(
  folder: string,
  sources: readonly string[],
  files: Readonly<Record<string, string>> = {},
): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  const numbered = sources.map((code, n) => [`${n}.ts`, code] as const);
  for (const [path, code] of [...numbered, ...Object.entries(files)]) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), code);
  }
  const compilerOptions = {
    target: "es2022",
    module: "nodenext",
    lib: ["es2023", "esnext.disposable"],
    types: ["node"],
    strict: true,
    // The decorators of TypeORM and NestJS are of this older kind.
    experimentalDecorators: true,
    // Drizzle's declarations need those of every driver that it supports.
    skipLibCheck: true,
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
