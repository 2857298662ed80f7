import type { Table } from "../../../../dist/index.js";
import type { TestDatabase } from "../../database.js";
import { AUDITED_COLUMNS } from "../audited-table.js";
import type { RowKind } from "./action.js";

/** The table that sequences of actions are performed on, one after the other. */
export interface Stage {
  readonly db: TestDatabase;
  readonly table: Table<typeof AUDITED_COLUMNS>;
  /** As SQL writes it. */
  readonly name: string;
}

/** What makes the table refuse a row, or not. */
export const LABELS: Readonly<Record<RowKind, string>> = {
  good: "good",
  refused: "refused",
  refusedLate: "refused late",
  unencodable: "\0",
};

/** Its column `place` numbers the rows as they are written. */
export async function createStage(db: TestDatabase, tableName: string): Promise<Stage> {
  const table = await db.create(tableName, AUDITED_COLUMNS);
  const name = `${db.schema}.${tableName}`;
  await db.pool.query(`
    ALTER TABLE ${name} ADD CHECK (label <> 'refused'), ADD COLUMN place bigserial;
    CREATE FUNCTION ${name}_refuse() RETURNS trigger LANGUAGE plpgsql
      AS $$ BEGIN RAISE 'refused late'; END $$;
    CREATE CONSTRAINT TRIGGER refuse_late AFTER INSERT ON ${name}
      DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.label = 'refused late')
      EXECUTE FUNCTION ${name}_refuse()`);
  return { db, table, name };
}
