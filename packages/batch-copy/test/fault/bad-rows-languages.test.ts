import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { useDatabase } from "../helpers/database.js";
import { SeededRandom } from "../helpers/fault/seeded-random.js";
import { computedRefusals } from "../helpers/refusals/computed-refusals.js";
import { constraintRefusals } from "../helpers/refusals/constraint-refusals.js";
import { deliverSeeded } from "../helpers/refusals/deliver-seeded.js";
import { scattered, seedRows } from "../helpers/refusals/seeded-rows.js";
import { triggerRefusals } from "../helpers/refusals/trigger-refusals.js";
import { startTranslatedServer } from "../helpers/translated-server.js";

/** With a line and without one, and with lines of other contexts before it. */
const refusals = [
  ...computedRefusals.slice(0, 2),
  ...constraintRefusals.filter(({ what }) => /^(CHECK|UNIQUE|FOREIGN KEY) \(/.test(what)),
  ...triggerRefusals,
];

const LANGUAGES = [
  { language: "German", locale: "de_DE", sample: /verletzt/ },
  { language: "Japanese", locale: "ja_JP", sample: /違反/ },
];

for (const { language, locale, sample } of LANGUAGES) {
  const server = await startTranslatedServer(locale);
  const skip = server === undefined && `the system has no PostgreSQL that speaks ${language}`;
  describe(`where the server speaks ${language}`, { skip }, () => {
    const db = useDatabase(server);

    it("a violation is reported in it", async () => {
      const { name, copier } = await db.openCopier();
      await db.pool.query(`ALTER TABLE ${db.schema}.${name} ADD CHECK (id > 0)`);
      await assert.rejects(copier.insert({ id: 0, note: "" }), { message: sample });
      await copier.close();
    });

    it("refused rows come back, and no others", async () => {
      for (const [n, refusal] of refusals.entries()) {
        const random = new SeededRandom(n);
        const rows = seedRows(refusal, 200, scattered(1, random), random);
        await deliverSeeded(db, `refusal_${n}`, refusal, rows);
      }
    });

    it("refused rows of upserts come back, and no others, by one statement and row by row", async () => {
      for (const update of ["nothing", ["v"]] as const) {
        for (const [n, refusal] of refusals.entries()) {
          const random = new SeededRandom(n);
          const rows = seedRows(refusal, 200, scattered(1, random), random);
          const options = { onConflict: { columns: ["id"], update } } as const;
          const setup = "ALTER TABLE {t} ADD UNIQUE (id)";
          await deliverSeeded(db, `upsert_${n}_${String(update)}`, refusal, rows, options, setup);
        }
      }
    });
  });
}
