import { bytea, float8, int4, jsonb, text, varbit } from "../../../dist/index.js";
import { computed, refusal, type Refusal } from "./refusal.js";

const path = (expression: string): string => `jsonb_path_query_first(v, 'strict ${expression}')`;
const jsonArray = [1];
const nested = "[".repeat(100_000);

/** Data exceptions (class 22, and some of other classes) of expressions over a row's value. */
export const computedRefusals: readonly Refusal[] = [
  computed("22000", "int4range(v, 10)", int4, 1, 11),
  computed("22003", "v * 2", int4, 1, 2_000_000_000),
  computed("22003", "exp(v)", float8, 1, 1000),
  computed("22004", "format('%I', nullif(v, ''))", text, "a", ""),
  computed("22007", "v::date", text, "2026-11-22", "nonsense"),
  computed("22008", "v::date", text, "2026-11-22", "2026-13-45"),
  computed("22009", "v::timestamptz", text, "2026-01-01 00:00+00", "2026-01-01 00:00+99"),
  computed("22011", "substring('abc' FROM 1 FOR v)", int4, 1, -1),
  computed("22012", "100 / v", int4, 1, 0),
  computed("2201B", "'a' ~ v", text, "a", "("),
  computed("2201E", "ln(v)", float8, 1, 0),
  computed("2201F", "sqrt(v)", float8, 1, -1),
  computed("2201G", "width_bucket(1, 0, 2, v)", int4, 1, 0),
  computed("22021", "convert_from(v, 'UTF8')", bytea, Buffer.from("a"), Buffer.from([0xff])),
  computed("22023", "decode(v, 'hex')", text, "ab", "zz"),
  computed("22025", "'a' LIKE 'a' ESCAPE v", text, "x", "xx"),
  computed("22026", "v & B'11'", varbit(), "10", "1"),
  computed("2202E", "get_byte('\\x00', v)", int4, 0, 9),
  computed("22030", "json(v WITH UNIQUE KEYS)", text, '{"a":1}', '{"a":1,"a":2}', 17),
  computed("22031", path("$.datetime()"), jsonb, "2026-11-22", "2026-13-45"),
  computed("22033", path("$[0]"), jsonb, jsonArray, []),
  computed("22036", path("$.double()"), jsonb, "1", "a"),
  computed("22038", path("$[*] + 1"), jsonb, jsonArray, [1, 2]),
  computed("22039", path("$[*]"), jsonb, jsonArray, 1),
  computed("2203A", path("$.a"), jsonb, { a: 1 }, {}),
  computed("2203B", path("-$[*]"), jsonb, jsonArray, ["a"]),
  computed("2203C", path("$.keyvalue()"), jsonb, { a: 1 }, jsonArray),
  computed("2200M", "xmlparse(DOCUMENT v)", text, "<a/>", "<a"),
  computed("2200N", "xmlparse(CONTENT v)", text, "<a/>", "<a"),
  computed("2200S", "xmlcomment(v)", text, "a", "--"),
  computed("22P02", "v::int4", text, "1", "a"),
  computed("22P05", "convert_to(v, 'LATIN1')", text, "a", "€"),
  computed("42601", "v::tsquery", text, "a", "a b"),
  computed("54000", "chr(v)", int4, 65, 0),
  computed("54001", "v::jsonb", text, "[]", nested),
  inGenerated("22001", "varchar(3)", "v", "abc", "abcd"),
  inFunction("22014", "SELECT ntile(v) OVER ()"),
  inFunction("22016", "SELECT nth_value(1, v) OVER ()"),
  inFunction("2201W", "SELECT generate_series(1, 2) LIMIT v", -1),
  inFunction("2201X", "SELECT generate_series(0, 2) OFFSET v", -1),
];

function inGenerated(
  sqlState: string,
  type: string,
  expression: string,
  good: string,
  bad: string,
): Refusal {
  const rule = `ALTER TABLE {t} ADD g ${type} GENERATED ALWAYS AS (${expression}) STORED`;
  return refusal(`a generated ${type}`, sqlState, text, { good, bad }, { rule });
}

/** Of statements that an expression cannot hold. */
function inFunction(sqlState: string, select: string, bad = 0): Refusal {
  const rule = `
    CREATE OR REPLACE FUNCTION {s}.f${sqlState}(v int) RETURNS int LANGUAGE sql AS '${select}';
    ALTER TABLE {t} ADD CHECK ({s}.f${sqlState}(v) IS NOT NULL)`;
  return refusal(select, sqlState, int4, { good: 1, bad }, { rule });
}
