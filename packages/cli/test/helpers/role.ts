import { databaseUrl, type TestSchema } from "./schema.js";

/** Makes a role for as long as a test uses it. */
export type WithRole = (
  grants: (role: string) => string,
  use: (url: string) => Promise<void>,
) => Promise<void>;

/**
 * For tests of users who may not do everything. They find tables in the schema, and may create nothing
 * there.
 */
export function useRole(db: TestSchema): WithRole {
  let roles = 0;
  return async (grants, use) => {
    const role = `${db.name}_role_${roles++}`;
    await db.rows(`CREATE ROLE ${role} LOGIN PASSWORD 'secret'; GRANT USAGE ON SCHEMA ${db.name} TO ${role};
      ALTER ROLE ${role} SET search_path = ${db.name}; ${grants(role)}`);
    try {
      const url = new URL(databaseUrl);
      url.username = role;
      url.password = "secret";
      await use(url.href);
    } finally {
      await db.rows(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
    }
  };
}
