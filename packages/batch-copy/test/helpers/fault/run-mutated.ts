import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";

/**
 * Runs a test file in a process of its own, in which the module that asks about doubtful commits is
 * another.
 *
 * @param mutant a file of mutants/
 * @param test its name in test/fault
 * @returns what it has printed
 */
export function runMutated(
  mutant: string,
  test: string,
  env: Readonly<Record<string, string>>,
): Promise<string> {
  return run("replace-inquiry", mutant, { test, env });
}

/**
 * Runs a test file in a process of its own, in which modules are changed.
 *
 * @param mutant the name of edits in mutants/edits.ts
 * @param test its name in test/fault, and a pattern for the names of its tests
 * @returns what it has printed
 */
export function runEdited(
  mutant: string,
  [test, pattern]: readonly [test: string, pattern: string],
  env: Readonly<Record<string, string>>,
): Promise<string> {
  return run("edit-modules", mutant, { test, flags: [`--test-name-pattern=${pattern}`], env });
}

const TIMEOUT_MS = 40_000;

async function run(
  loader: string,
  mutant: string,
  {
    test,
    flags = [],
    env,
  }: {
    readonly test: string;
    readonly flags?: readonly string[];
    readonly env: Readonly<Record<string, string>>;
  },
): Promise<string> {
  const file = (name: string): string => new URL(name, import.meta.url).pathname;
  const child = spawn(
    process.execPath,
    [
      "--test-reporter=tap",
      ...flags,
      "--import",
      file(`mutants/${loader}.js`),
      file(`../../fault/${test}.test.js`),
    ],
    {
      // A child of a test runner would speak to it, and not print.
      env: { ...process.env, NODE_TEST_CONTEXT: undefined, MUTANT: mutant, ...env },
      stdio: ["ignore", "pipe", "pipe"],
      // With the processes that it starts, it is a group.
      detached: true,
    },
  );
  let end = "";
  // Processes with a mistake may wait for what never comes.
  const timer = setTimeout(() => {
    end = "not ok: it has timed out";
    process.kill(-child.pid!, "SIGKILL");
  }, TIMEOUT_MS);
  const [output, warnings] = await Promise.all([text(child.stdout), text(child.stderr)]);
  clearTimeout(timer);
  return output + warnings + end;
}
