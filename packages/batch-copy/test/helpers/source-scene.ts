import { Copier, readLedger, type CopierOptions, type Source } from "../../dist/index.js";
import type { TestDatabase } from "./database.js";

/** A row of any columns. */
export type AnyRow = Record<string, unknown>;

/** A letter in its table. */
interface LetterRow {
  readonly table_name: string;
  readonly row: AnyRow;
  readonly code: string;
  readonly sql_state: string | null;
  readonly message: string;
  readonly column_name: string | null;
  readonly source: string | null;
  readonly position: string | null;
}

/** A source of a copier to a new table, with a ledger and a table of dead letters of its own. */
export interface SourceScene extends AsyncDisposable {
  readonly name: string;
  readonly ledger: string;
  readonly copier: Copier<AnyRow>;
  /** The source "orders", which began at 0. */
  readonly source: Source<AnyRow>;
  /** Another copier to the table, with the same ledger. */
  connect(options?: CopierOptions<AnyRow>): Promise<Copier<AnyRow>>;
  /** The ids in the table, in the order of their rows there. */
  ids(): Promise<number[]>;
  letters(): Promise<LetterRow[]>;
  /** What the ledger says; undefined if it does not know the source. */
  positionOf(source?: string): Promise<bigint | undefined>;
}

/** Opens a scene with these columns and options of the copier. */
type OpenScene = (columns: string, options?: CopierOptions<AnyRow>) => Promise<SourceScene>;

/**
 * Makes scenes in the schema of a test file.
 *
 * @param hasLetters whether the copiers keep dead letters, in a table that is `lettersOf` the name
 */
export function sourceScenes(db: TestDatabase, hasLetters = false): OpenScene {
  let tables = 0;
  return async (columns, options = {}) => {
    const number = `${hasLetters ? "l" : ""}${tables++}`;
    const name = `${db.schema}.t${number}`;
    const deadLetters = hasLetters ? lettersOf(name) : undefined;
    const ledger = `${db.schema}.ledger_${number}`;
    await db.pool.query(`CREATE TABLE ${name} (${columns})`);
    const connect = (others: CopierOptions<AnyRow> = {}): Promise<Copier<AnyRow>> =>
      Copier.connect<AnyRow>(name, {
        databaseUrl: db.url,
        ledger: { table: ledger },
        deadLetters,
        ...others,
      });
    const copier = await connect(options);
    return {
      name,
      ledger,
      copier,
      source: await copier.source("orders", { start: 0 }),
      connect,
      async ids() {
        const rows = await db.rows<{ id: number }>(`SELECT id FROM ${name} ORDER BY ctid`);
        return rows.map(({ id }) => id);
      },
      letters: () => db.rows<LetterRow>(`SELECT * FROM ${lettersOf(name)} ORDER BY id`),
      async positionOf(source = "orders") {
        const entries = await readLedger(db.pool, { table: ledger });
        return entries.find((entry) => entry.source === source)?.position;
      },
      [Symbol.asyncDispose]: () => copier.close(),
    };
  };
}

/** The table of the dead letters of a scene. */
export function lettersOf(table: string): string {
  return `${table}_letters`;
}
