import type { TestServer } from "@batch-copy/test-server";

/**
 * Commits transactions of others: ids that the server has forgotten are handed out again, and then
 * belong to those.
 */
export async function takeTransactionIds(server: TestServer): Promise<void> {
  await server.query(`DO $$ BEGIN
    FOR i IN 1 .. 1000 LOOP
      PERFORM pg_current_xact_id();
      COMMIT;
    END LOOP;
  END $$`);
}
