import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const bin = fileURLToPath(new URL("../../bin/batch-copy.js", import.meta.url));

/** Runs `batch-copy` on a terminal, with the program `script`, and answers its question. */
export async function runOnTerminal(
  args: readonly string[],
  answer: string,
): Promise<{ code: number; text: string }> {
  const command = [process.execPath, bin, ...args].map((arg) => `'${arg}'`).join(" ");
  const child = spawn("script", ["-qec", command, "/dev/null"], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  let text = "";
  let isAnswered = false;
  child.stdout.on("data", (chunk: Buffer) => {
    text += chunk.toString();
    if (!isAnswered && text.includes("[y/N] ")) {
      isAnswered = true;
      child.stdin.write(answer);
    }
  });
  const [code] = (await once(child, "close")) as [number];
  return { code, text };
}
