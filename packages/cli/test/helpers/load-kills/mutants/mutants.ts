import { fileURLToPath } from "node:url";

/** A change of a module's code: the first text, which must be there once, becomes the second. */
interface Edit {
  /** Of dist/. */
  readonly module: string;
  readonly from: string;
  readonly to: string;
}

/** Loaders that are wrong. */
export const MUTANTS = {
  "advances early": [
    {
      module: "load/load-file.js",
      from: "target: new LedgerTarget(source)",
      to: `target: Object.assign(new LedgerTarget(source), {
        async send(rows, end) {
          await source.advance(end);
          await copier.sendEncoded(rows);
        },
      })`,
    },
  ],
  "begins where it has read to": [
    {
      module: "load/file-load.js",
      from: "file.settled(target.settled, this.#sink.end);",
      to: `file.settled(target.settled, this.#sink.end);
        const { writeFileSync } = await import("node:fs");
        writeFileSync(process.env.MUTANT_MEMO, String(this.#sink.end));`,
    },
    {
      module: "load/load-file.js",
      from: "const from = Number(source.position);",
      to: `const { readFileSync } = await import("node:fs");
        let from = Number(source.position);
        try {
          from = Math.max(from, Number(readFileSync(process.env.MUTANT_MEMO, "utf8")));
        } catch {}`,
    },
  ],
  "does not cut rejects": [
    {
      module: "rejects/reject-files.js",
      from: "cutRejects(this.#paths, isKept, !this.#areOwn);",
      to: "",
    },
  ],
} as const satisfies Readonly<Record<string, readonly Edit[]>>;

/** The name of a loader that is wrong. */
export type Mutant = keyof typeof MUTANTS;

/** How a process of Node is started. */
export interface NodeSettings {
  readonly flags: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** What makes a process such a loader. */
export function mutantFlags(mutant: Mutant, folder: string): NodeSettings {
  return {
    flags: ["--import", fileURLToPath(new URL("edit-modules.js", import.meta.url))],
    env: { MUTANT: mutant, MUTANT_MEMO: `${folder}/memo` },
  };
}
