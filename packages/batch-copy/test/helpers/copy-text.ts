import type { PoolClient } from "pg";

interface CopyConnection {
  query(text: string): void;
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
}

/** Fills `(id, value)` by text COPY: each literal is read by the type's own input function. */
export async function copyText(
  client: PoolClient,
  table: string,
  literals: readonly string[],
): Promise<void> {
  const lines = literals.map((literal, id) => `${id}\t${escape(literal)}\n`);
  await new Promise<void>((resolve, reject) => {
    client.query({
      submit: (connection: CopyConnection) => connection.query(`COPY ${table} FROM STDIN`),
      handleCopyInResponse(connection: CopyConnection) {
        connection.sendCopyFromChunk(Buffer.from(lines.join("")));
        connection.endCopyFrom();
      },
      handleCommandComplete() {},
      handleReadyForQuery: () => resolve(),
      handleError: reject,
    } as never);
  });
}

const ESCAPES: Readonly<Record<string, string>> = {
  "\\": "\\\\",
  "\t": "\\t",
  "\n": "\\n",
  "\r": "\\r",
};

function escape(literal: string): string {
  return literal.replace(/[\\\t\n\r]/g, (character) => ESCAPES[character]!);
}
