import { after, before } from "node:test";

import type { TestDatabase } from "../database.js";
import type { TwinPlace } from "./twins.js";

/**
 * Registers the hooks that make and drop so many pairs of schemas, and the role that writes. To be
 * called within a suite, whose hooks run while the database of the file is there.
 */
export function useTwinPlaces(db: TestDatabase, count: number): readonly TwinPlace[] {
  const role = `${db.schema}_writer`;
  const places = Array.from({ length: count }, (_, index) => ({
    url: db.url,
    pool: db.pool,
    expectedSchema: `${db.schema}_e${index}`,
    actualSchema: `${db.schema}_a${index}`,
    role,
  }));
  const schemas = places.flatMap(({ expectedSchema, actualSchema }) => [
    expectedSchema,
    actualSchema,
  ]);
  before(async () => {
    await db.pool.query(`CREATE ROLE ${role}; GRANT USAGE ON SCHEMA ${db.schema} TO ${role}`);
    for (const schema of schemas) {
      await db.pool.query(`CREATE SCHEMA ${schema}; GRANT USAGE ON SCHEMA ${schema} TO ${role}`);
    }
  });
  after(async () => {
    await db.pool.query(`DROP SCHEMA ${schemas.join(", ")} CASCADE`);
    await db.pool.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
  });
  return places;
}
