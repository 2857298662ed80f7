import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

/**
 * Plays histories in a process of its own, in which modules are changed, until one goes wrong.
 *
 * @param control the name of edits in mutants/edits.ts
 * @param histories how many at most
 * @returns what is wrong with it, and its steps
 */
export async function playMutated(control: string, histories: number): Promise<string> {
  const file = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
  const child = spawn(
    process.execPath,
    [
      "--import",
      file("../../fault/mutants/edit-modules.js"),
      file("history-program.js"),
      String(histories),
    ],
    { env: { ...process.env, MUTANT: control }, stdio: ["ignore", "pipe", "pipe"] },
  );
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return output + errors;
}
