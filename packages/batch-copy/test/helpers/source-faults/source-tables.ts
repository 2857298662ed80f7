/** A kind of table for the rows of sources. */
export interface SourceTableKind {
  readonly what: string;
  /** Whether it refuses rows with a flaw, and has a key that a row written twice would meet. */
  readonly refuses: boolean;
  /** To be run after its definition's DDL; `{t}` is the table. */
  readonly ddl: string;
}

/** Rows for which COPY takes its time, and rows for which the commit does, after the last statement. */
const DELAYS = `
  CREATE FUNCTION {t}_sleep() RETURNS trigger LANGUAGE plpgsql
    AS 'BEGIN PERFORM pg_catalog.pg_sleep(0.03); RETURN NEW; END';
  CREATE TRIGGER slow BEFORE INSERT ON {t} FOR EACH ROW WHEN (NEW.trait = 'slow')
    EXECUTE FUNCTION {t}_sleep();
  CREATE CONSTRAINT TRIGGER late AFTER INSERT ON {t} DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.trait = 'late') EXECUTE FUNCTION {t}_sleep();`;

const REFUSALS = `
  ALTER TABLE {t} ADD UNIQUE (key), ADD CHECK (trait <> 'checked');
  CREATE FUNCTION {t}_raise() RETURNS trigger LANGUAGE plpgsql
    AS 'BEGIN RAISE EXCEPTION USING MESSAGE = ''raised'', ERRCODE = ''P0001''; END';
  CREATE TRIGGER raise BEFORE INSERT ON {t} FOR EACH ROW WHEN (NEW.trait = 'raised')
    EXECUTE FUNCTION {t}_raise();`;

/** Takes every row, and a row that is written twice twice. */
export const open: SourceTableKind = {
  what: "a table without a key",
  refuses: false,
  ddl: DELAYS,
};

/** Refuses rows with a flaw. */
export const picky: SourceTableKind = {
  what: "a table that refuses rows",
  refuses: true,
  ddl: DELAYS + REFUSALS,
};

/** All rows of a table, and whether their content is what their readers sent. */
export function selectFound(name: string): string {
  return `SELECT id::float8 AS id, coalesce(
    checksum = md5(concat_ws('|', id, key, trait, body))::uuid, false) AS "isIntact" FROM ${name}`;
}
