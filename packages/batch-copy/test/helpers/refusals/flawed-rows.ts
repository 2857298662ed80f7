import { int4, rangeOf, text, type RowOf, type Table } from "../../../dist/index.js";
import type { SeededRandom } from "../fault/seeded-random.js";

/** Columns that a table refuses for reasons of many kinds. */
export const FLAWED_COLUMNS = {
  id: int4,
  n: int4,
  day: text,
  key: int4,
  span: rangeOf(int4),
  parent: int4,
  kind: int4,
  early: text,
  late: text,
};

export type FlawedRow = RowOf<Table<typeof FLAWED_COLUMNS>>;

/** What makes a table with {@link FLAWED_COLUMNS} refuse; `{t}` is the table, `{s}` its schema. */
export const FLAWED_RULES = `
  ALTER TABLE {t}
    ADD PRIMARY KEY (id),
    ADD CHECK (100 / n IS NOT NULL),
    ADD CHECK (n * 2 IS NOT NULL),
    ADD CHECK (n <> 13),
    ADD CHECK (day::date IS NOT NULL),
    ADD day_text varchar(10) GENERATED ALWAYS AS (day) STORED,
    ADD UNIQUE (key),
    ADD EXCLUDE USING gist (span WITH &&),
    ADD FOREIGN KEY (parent) REFERENCES {t};
  CREATE TABLE {s}.kind (id int PRIMARY KEY);
  INSERT INTO {s}.kind VALUES (1);
  ALTER TABLE {t} ADD FOREIGN KEY (kind) REFERENCES {s}.kind DEFERRABLE INITIALLY DEFERRED;
  CREATE FUNCTION {s}.raise_early() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'early' USING ERRCODE = NEW.early; END $$;
  CREATE FUNCTION {s}.raise_late() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'late' USING ERRCODE = NEW.late; END $$;
  CREATE TRIGGER early BEFORE INSERT ON {t}
    FOR EACH ROW WHEN (NEW.early <> '') EXECUTE FUNCTION {s}.raise_early();
  CREATE TRIGGER late AFTER INSERT ON {t}
    FOR EACH ROW WHEN (NEW.late <> '') EXECUTE FUNCTION {s}.raise_late()`;

/** Makes one thing of a good row bad, given a good and a bad row before it. */
interface Flaw {
  readonly sqlState: string;
  of(good: number, bad: number): Partial<FlawedRow>;
}

const FLAWS: readonly Flaw[] = [
  { sqlState: "22012", of: () => ({ n: 0 }) },
  { sqlState: "22003", of: () => ({ n: 2_000_000_000 }) },
  { sqlState: "23514", of: () => ({ n: 13 }) },
  { sqlState: "22007", of: () => ({ day: "nonsense" }) },
  { sqlState: "22008", of: () => ({ day: "2026-13-45" }) },
  { sqlState: "22001", of: () => ({ day: "22 November 2026" }) },
  { sqlState: "23505", of: (good) => ({ key: good }) },
  { sqlState: "23P01", of: (good) => ({ span: spanOf(good) }) },
  { sqlState: "23503", of: (_, bad) => ({ parent: bad }) },
  { sqlState: "23503", of: () => ({ kind: 2 }) },
  { sqlState: "ZZ001", of: () => ({ early: "ZZ001" }) },
  { sqlState: "P0001", of: () => ({ late: "P0001" }) },
];

/** Rows numbered from 0, of which so many of a hundred are bad, each for one reason. */
export class FlawedRows {
  /** The SQLSTATEs of the bad rows that were made so far. */
  readonly sqlStates = new Map<number, string>();
  readonly #share: number;
  readonly #random: SeededRandom;
  #lastBad = -1;

  constructor(share: number, random: SeededRandom) {
    this.#share = share;
    this.#random = random;
  }

  *make(count: number): Generator<FlawedRow> {
    for (let id = 0; id < count; id++) {
      const isBad = id > 0 && this.#random.percent(this.#share);
      yield isBad ? this.#badRow(id) : this.#goodRow(id);
    }
  }

  #goodRow(id: number): FlawedRow {
    return {
      id,
      n: 1,
      day: "2026-11-22",
      key: id,
      span: spanOf(id),
      parent: this.#goodBefore(id),
      kind: 1,
      early: "",
      late: "",
    };
  }

  #badRow(id: number): FlawedRow {
    const flaw = this.#random.pick(FLAWS);
    const row = { ...this.#goodRow(id), ...flaw.of(this.#goodBefore(id), this.#lastBad) };
    this.sqlStates.set(id, flaw.sqlState);
    this.#lastBad = id;
    return row;
  }

  #goodBefore(id: number): number {
    let good: number;
    do {
      good = this.#random.below(id);
    } while (this.sqlStates.has(good));
    return good;
  }
}

function spanOf(id: number): { lower: number; upper: number } {
  return { lower: id, upper: id + 1 };
}
