import type { Stage } from "./stage.js";

/** Ends every session of the role that writes; returns how many there were. */
export async function disconnect(stage: Stage): Promise<number> {
  const ended = await stage.sql(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'writer'",
  );
  return ended.length;
}
