import type { PoolClient } from "pg";

/** The rows that `COPY (query) TO STDOUT` gives in text format, each as a list of its fields. */
export async function copyOutText(client: PoolClient, query: string): Promise<(string | null)[][]> {
  const chunks: Buffer[] = [];
  await new Promise<void>((resolve, reject) => {
    client.query({
      submit: (connection: { query(text: string): void }) =>
        connection.query(`COPY (${query}) TO STDOUT`),
      handleCopyData: ({ chunk }: { chunk: Buffer }) => void chunks.push(Buffer.from(chunk)),
      handleCommandComplete() {},
      handleReadyForQuery: () => resolve(),
      handleError: reject,
    } as never);
  });
  const lines = Buffer.concat(chunks).toString().split("\n").slice(0, -1);
  return lines.map((line) => line.split("\t").map(unescaped));
}

/** As src/backend/commands/copyto.c escapes them (CopyAttributeOutText). */
const ESCAPES: Readonly<Record<string, string>> = {
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  "\\": "\\",
};

function unescaped(field: string): string | null {
  return field === "\\N" ? null : field.replace(/\\(.)/gs, (_, letter: string) => ESCAPES[letter]!);
}
