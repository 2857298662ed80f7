import { Copier, type CopierOptions, type Rejection } from "../../dist/index.js";
import type { TestDatabase } from "./database.js";

export type Row = Record<string, unknown>;

/** A copier to a new table, and what its handler was told. */
export interface Upserted {
  /** Qualified. */
  readonly name: string;
  /** Bare. */
  readonly bare: string;
  readonly copier: Copier<Row>;
  readonly rejections: Rejection<Row>[];
  /** All rows of the table, as the query's rest says. */
  readonly found: (rest?: string) => Promise<Row[]>;
}

let tables = 0;

/**
 * Opens a copier to a new table of these columns.
 *
 * @param options if SQL in them needs the table's bare name, a function of it
 * @param setup SQL that runs first, in which `$t` is the table
 */
export async function openUpsert(
  db: TestDatabase,
  columns: string,
  options: CopierOptions<Row> | ((bare: string) => CopierOptions<Row>),
  setup = "",
): Promise<Upserted> {
  const bare = `upserted_${tables++}`;
  const name = `${db.schema}.${bare}`;
  await db.pool.query(`CREATE TABLE ${name} (${columns}); ${setup.replaceAll("$t", name)}`);
  const rejections: Rejection<Row>[] = [];
  const copier = await Copier.connect<Row>(name, {
    databaseUrl: db.url,
    retry: { minDelayMs: 2, maxDelayMs: 20 },
    onReject: (rejection) => void rejections.push(rejection),
    ...(typeof options === "function" ? options(bare) : options),
  });
  return {
    name,
    bare,
    copier,
    rejections,
    found: (rest = "") => db.rows(`SELECT * FROM ${name} ${rest}`),
  };
}
