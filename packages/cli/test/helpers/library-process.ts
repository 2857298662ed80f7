import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const PACKAGE = fileURLToPath(new URL("../..", import.meta.url));

/**
 * Starts a process of an application that uses the library, for what it leaves behind.
 *
 * @param program a module, which has what the library exports as `lib`, and prints a line when it is ready
 * @param config for the program, as `config`
 */
export async function startLibrary(program: string, config: object): Promise<ChildProcess> {
  const source = `import * as lib from "batch-copy";
    const config = ${JSON.stringify(config)};
    ${program}`;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", source], {
    cwd: PACKAGE,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [ready] = await Promise.race([once(child.stdout, "data"), once(child, "exit")]);
  if (!Buffer.isBuffer(ready)) {
    throw new Error(`The process ended with exit code ${String(ready)}`);
  }
  return child;
}

/** Ends a process at once, without a chance to clean up. */
export async function kill(child: ChildProcess): Promise<void> {
  const end = once(child, "exit");
  child.kill("SIGKILL");
  await end;
}
