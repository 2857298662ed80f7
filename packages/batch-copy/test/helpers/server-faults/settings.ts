import type { Stage } from "./stage.js";

/** Changes a setting of the server, for sessions that are there already too. */
export async function changeSetting(stage: Stage, name: string, value: string): Promise<void> {
  // ALTER SYSTEM must be alone, and a query of several statements is one transaction.
  await stage.sql(`ALTER SYSTEM SET ${name} = '${value}'`);
  await stage.sql("SELECT pg_reload_conf()");
}

/** Takes the change back. */
export async function resetSetting(stage: Stage, name: string): Promise<void> {
  await stage.sql(`ALTER SYSTEM RESET ${name}`);
  await stage.sql("SELECT pg_reload_conf()");
}
