import { createInterface } from "node:readline";

/**
 * Asks a question on the terminal.
 *
 * @returns whether the answer is yes; undefined if there is no terminal to ask on
 */
export async function askOnTerminal(question: string): Promise<boolean | undefined> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    return undefined;
  }
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await new Promise<boolean>((resolve) => {
      // At the end of the input, and on Ctrl+C, there is no answer.
      lines.on("close", () => resolve(false));
      lines.question(`${question} [y/N] `, (answer) => resolve(/^\s*y(es)?\s*$/i.test(answer)));
    });
  } finally {
    lines.close();
  }
}
