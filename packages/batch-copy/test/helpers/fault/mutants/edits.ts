/** A change of a module's code: the first text, which must be there once, becomes the second. */
export interface Edit {
  /** Of dist/. */
  readonly module: string;
  readonly from: string;
  readonly to: string;
}

/** The negative controls of the ledger, and of the spool. */
export const EDITS: Readonly<Record<string, readonly Edit[]>> = {
  "no-guard": [
    {
      module: "transaction/ledger-guard.js",
      from: "this.after = [...waitForChain(parts.chain), guard];",
      to: "this.after = waitForChain(parts.chain);",
    },
  ],
  "plain-select": [
    {
      module: "transaction/ledger-statements.js",
      from: "ORDER BY source FOR UPDATE",
      to: "ORDER BY source",
    },
  ],
  // A doubt is not looked up, and the next attempt is believed.
  "no-inquiry": [
    {
      module: "delivery/slice-run.js",
      from: "await this.#endBackend(error, doubt.backend);\n        }\n        return this.#resolve(outcome);",
      to: "await this.#endBackend(error, doubt.backend);\n        }\n        return this.#retry(error, false);",
    },
  ],
  // A refusal is believed whoever owns the source by then.
  "believes-refusals": [
    {
      module: "copy/run-copy.js",
      from: 'outcome.kind !== "refused" || confirm === undefined',
      to: "true",
    },
  ],
  // Owners are counted: on two servers two of them may get the same number.
  "counted-owners": [
    {
      module: "source/claim-own.js",
      from: "owner: owners.at(-1) }",
      to: "owner: owners.at(-1), owners }",
    },
    {
      module: "source/claim.js",
      from: "const { name, session, owner } = order;",
      to: `
        const { name, session, owners } = order;
        const { rows: [last] } = await client.query(textQuery(
          \`SELECT owner::pg_catalog.text FROM \${ledger.name} WHERE source \${EQ} $1\`, [order.name],
        ));
        const number = Number((last?.[0] ?? "0").slice(-12)) + 1;
        const owner = \`00000000-0000-0000-0000-\${String(number).padStart(12, "0")}\`;
        owners.push(owner);
        order = { ...order, owner };`,
    },
  ],
  // A row is said to be durable when it is gathered.
  "acknowledged-early": [
    {
      module: "spooling/gathering.js",
      from: "return this.#settled.promise;",
      to: "return Promise.resolve();",
    },
  ],
  // Segments are removed before their rows are committed.
  "removes-uncommitted": [
    {
      module: "spooling/live-stream.js",
      from: "return Number(committed.get(this.sourceName(table)) ?? 0n);",
      to: "return Infinity;",
    },
  ],
  // Whoever answers is taken for dead.
  "takes-living": [
    {
      module: "spool/survey.js",
      from: 'if (answer === "answers") {',
      to: 'if (answer === "never") {',
    },
  ],
  // What a former life has left is written by another source than that of the former life.
  "another-source": [
    {
      module: "spooling/former-stream.js",
      from: "name: spooledSourceName(this.id, table),",
      to: "name: `spool/again/${this.id}/${table}`,",
    },
    {
      module: "spooling/former-stream.js",
      from: "wasClaimed: isMarkedAsClaimed(disk, directory, table),",
      to: "wasClaimed: false,",
    },
  ],
};
