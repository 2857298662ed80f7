import { patiently } from "./patiently.js";
import type { ServerFault } from "./server-fault.js";

const ROOM_BYTES = 4 * 1024 * 1024;

/** The disk of the table is full for a while. */
export const diskFault: ServerFault = {
  what: "the disk is full",
  skip: process.getuid?.() !== 0 && "only root may mount a small disk",
  async strike(stage) {
    const { name } = stage;
    const [size] = await stage.sql<{ bytes: number }>(
      `SELECT pg_total_relation_size('${name}')::float8 AS bytes`,
    );
    // Rows go on coming while the table moves.
    const disk = await stage.scene.server.mountDisk(2 * size!.bytes + ROOM_BYTES);
    await stage.sql(`CREATE TABLESPACE small LOCATION '${disk.path}'`);
    await stage.sql(`ALTER TABLE ${name} SET TABLESPACE small`);
    await disk.fill();
    await stage.untilMet("53100");
    await disk.free();
    await stage.untilFlowing();
    await stage.sql(`ALTER TABLE ${name} SET TABLESPACE pg_default`);
    // Files of the tables that have moved away go with the next checkpoint.
    await stage.sql("CHECKPOINT");
    await patiently(
      () =>
        stage.sql("DROP TABLESPACE small").then(
          () => true,
          () => false,
        ),
      "the tablespace is empty",
    );
    await disk.unmount();
  },
};
