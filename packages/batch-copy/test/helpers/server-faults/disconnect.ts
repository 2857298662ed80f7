import type { Stage } from "./stage.js";

/** Ends every session of the role that writes. */
export async function disconnect(stage: Stage): Promise<void> {
  await stage.sql(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'writer'",
  );
}
