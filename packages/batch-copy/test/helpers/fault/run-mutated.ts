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
export async function runMutated(
  mutant: string,
  test: string,
  env: Readonly<Record<string, string>>,
): Promise<string> {
  const file = (name: string): string => new URL(name, import.meta.url).pathname;
  const child = spawn(
    process.execPath,
    [
      "--test-reporter=tap",
      "--import",
      file("mutants/replace-inquiry.js"),
      file(`../../fault/${test}.test.js`),
    ],
    {
      // A child of a test runner would speak to it, and not print.
      env: { ...process.env, NODE_TEST_CONTEXT: undefined, MUTANT: mutant, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  const [output, warnings] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return output + warnings;
}
