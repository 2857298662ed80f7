import { before, describe, it } from "node:test";

import type { CopierOptions } from "../../dist/index.js";
import { useDatabase } from "../helpers/database.js";
import { SeededRandom } from "../helpers/fault/seeded-random.js";
import { computedRefusals } from "../helpers/refusals/computed-refusals.js";
import { constraintRefusals } from "../helpers/refusals/constraint-refusals.js";
import { deliverSeeded } from "../helpers/refusals/deliver-seeded.js";
import { fieldRefusals } from "../helpers/refusals/field-refusals.js";
import { scattered, seedRows, type SeededRow } from "../helpers/refusals/seeded-rows.js";
import { triggerRefusals } from "../helpers/refusals/trigger-refusals.js";

const db = useDatabase();

const UNIQUE_ID = "ALTER TABLE {t} ADD UNIQUE (id)";

/** Ways to write through a stage. */
const WAYS: readonly {
  readonly what: string;
  readonly setup: string;
  readonly options: CopierOptions<SeededRow["row"]>;
}[] = [
  {
    what: "by one statement, decided before the table refused anything",
    setup: UNIQUE_ID,
    options: { onConflict: { columns: ["id"], update: "all" } },
  },
  {
    what: "by one statement that ignores conflicts",
    setup: UNIQUE_ID,
    options: { onConflict: { columns: ["id"], update: "nothing" } },
  },
  {
    what: "row by row",
    setup: UNIQUE_ID,
    options: { onConflict: { columns: ["id"], update: { v: "excluded.v" } } },
  },
  {
    what: "by an INSERT that obeys rules",
    setup: "CREATE RULE never AS ON INSERT TO {t} WHERE false DO ALSO NOTHING",
    options: {},
  },
];

const refusals = [
  ...computedRefusals,
  ...constraintRefusals,
  ...fieldRefusals,
  ...triggerRefusals,
].filter(({ rule }) => !rule.includes("DROP TABLE"));

for (const [w, { what: way, setup, options }] of WAYS.entries()) {
  describe(`rows that are written through a stage ${way} come back if they are refused, and no others, where the reason is`, () => {
    let major = 0;
    before(async () => {
      const [version] = await db.rows<{ n: number }>(
        "SELECT current_setting('server_version_num')::int / 10000 AS n",
      );
      major = version!.n;
    });

    for (const [n, refusal] of refusals.entries()) {
      it(refusal.what, { timeout: 5000 }, async (test) => {
        if (major < refusal.since) {
          test.skip(`since PostgreSQL ${refusal.since}`);
          return;
        }
        const random = new SeededRandom(n);
        const rows = seedRows(refusal, 100, scattered(2, random), random);
        await deliverSeeded(
          db,
          `w${w}_${n}`,
          refusal,
          rows,
          { maxBatchRows: 60, ...options },
          setup,
        );
      });
    }
  });
}
