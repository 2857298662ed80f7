/** A change of a module's code: the first text, which must be there once, becomes the second. */
export interface Edit {
  /** Of dist/. */
  readonly module: string;
  readonly from: string;
  readonly to: string;
}

/** The negative controls of the ledger. */
export const EDITS: Readonly<Record<string, readonly Edit[]>> = {
  "no-guard": [
    {
      module: "transaction/ledger-guard.js",
      from: "this.after = [{ sql: parts.statements.execute(first) }]",
      to: "this.after = []",
    },
    {
      module: "transaction/ledger-guard.js",
      from: "this.after = [{ sql: parts.statements.move(moves) }]",
      to: "this.after = []",
    },
  ],
  "plain-select": [
    {
      module: "transaction/ledger-statements.js",
      from: "ORDER BY source FOR UPDATE",
      to: "ORDER BY source",
    },
  ],
};
