import { text } from "../../../dist/index.js";
import { refusal, type Refusal } from "./refusal.js";

/**
 * All of the classes 22, 23, 44 and P0 (src/backend/utils/errcodes.txt) but for those two that are
 * about the COPY and not the row, some others that a row may meet, and some that nobody else has.
 */
const SQL_STATES = `
  22000 2202E 22021 22008 22012 22005 2200B 22022 22015 2201E 22014 22016 2201F 2201G 22018 22007
  22019 2200D 22025 22P06 22010 22023 22013 2201B 2201W 2201X 2202G 22009 2200C 2200G 22004 22002
  22003 22026 22001 22011 22027 22024 2200F 22P01 22P02 22P03 22P05 2200L 2200M 2200N 2200S 2200T
  22030 22031 22032 22033 22034 22035 22036 22037 22038 22039 2203A 2203B 2203C 2203D 2203E 2203F
  2203G 2202H
  23000 23001 23502 23503 23505 23514 23P01 44000 P0000 P0001 P0002 P0003 P0004
  09000 20000 21000 27000 38000 39000 54000 54001 54011 54023 XX000 ZZ001 A1B2C
`.match(/\S+/g)!;

const values = { good: "", bad: ({ id }: { id: number }) => SQL_STATES[id % SQL_STATES.length] };

/** By a trigger that raises what the row says. */
export const triggerRefusals: readonly Refusal[] = [
  raised("a trigger BEFORE", "TRIGGER look BEFORE INSERT ON {t}", true),
  raised("a trigger AFTER", "TRIGGER look AFTER INSERT ON {t}", false),
  raised(
    "a trigger at the commit",
    "CONSTRAINT TRIGGER look AFTER INSERT ON {t} DEFERRABLE INITIALLY DEFERRED",
    false,
  ),
];

function raised(what: string, trigger: string, hasLine: boolean): Refusal {
  const rule = `
    CREATE OR REPLACE FUNCTION {s}.look() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF NEW.v <> '' THEN RAISE EXCEPTION 'refused' USING ERRCODE = NEW.v; END IF;
        RETURN NEW;
      END $$;
    CREATE ${trigger} FOR EACH ROW EXECUTE FUNCTION {s}.look()`;
  return { ...refusal(what, "", text, values, { rule, hasLine }), what, sqlState: String };
}
