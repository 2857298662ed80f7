import { column, type Column } from "./column.js";
import { LONG_TEXTS } from "./long-texts.js";
import type { Arbiter } from "./scenario.js";
import type { ServerFeatures } from "./server-features.js";

/** A kind of key: its columns, and the unique index on them. */
export interface KeyKind {
  readonly name: string;
  readonly columns: readonly Column[];
  /** A statement before that of the table, such as that of a domain. `{T}` is the table's name. */
  readonly before?: string;
  /** A constraint of the table. */
  readonly constraint?: string;
  /** The index, if it is no constraint: what follows `CREATE UNIQUE INDEX ON @.{T}`. */
  readonly index?: string;
  readonly arbiter: Arbiter;
}

const id = column("id", "int", ["1", "2", "3", "4", "5", "6", "-1", "-2"]);
const nullableId = column("id", "int", ["1", "2", null, "3", "-1"]);
const name = column("name", "text", ["a", "A", "b", "B", "", "ä", "a "]);
const nullableName = column("name", "text", ["a", "A", null, "b"]);
const active = column("active", "boolean", ["t", "t", "f"], { rest: "NOT NULL" });
const email = column("email", "text", ["x@y", "X@y", "x@Y", "z@y", "Z@y"]);

/** Key columns, and a primary key on them. */
function primaryKey(kind: string, ...columns: Column[]): KeyKind {
  const names = columns.map((part) => part.name);
  return {
    name: kind,
    columns,
    constraint: `PRIMARY KEY (${names.join(", ")})`,
    arbiter: { columns: names, isPrimaryKey: true },
  };
}

/** A key by an index that is not the primary key. */
function uniqueIndex(
  kind: string,
  columns: readonly Column[],
  index: string,
  arbiter: Partial<Arbiter> = {},
): KeyKind {
  const names = columns.map((part) => part.name);
  return {
    name: kind,
    columns,
    index,
    arbiter: { columns: names, isPrimaryKey: false, ...arbiter },
  };
}

/** A primary key of one column named `k`, whose values are equal in many spellings. */
function keyOf(type: string, pool: readonly string[], more: Partial<Column> = {}): KeyKind {
  return primaryKey(type, column("k", type, pool, more));
}

/** The kinds of which a table can have one as often as another. */
export function keyKinds(server: ServerFeatures): readonly KeyKind[] {
  return [...plainKeys, ...typedKeys, ...indexKeys, ...keysOfServer(server)];
}

const plainKeys: readonly KeyKind[] = [
  primaryKey("int key", id),
  primaryKey("int key, again", id),
  primaryKey("composite", id, name),
];

const typedKeys: readonly KeyKind[] = [
  keyOf("numeric", ["1.0", "1.00", "1", "2", "2.000", "NaN", "0", "0.0", "-3"]),
  keyOf("float8", ["NaN", "-0", "0", "1.5", "Infinity", "-Infinity"]),
  keyOf("text", ["a", "A", "a ", "", "ß", LONG_TEXTS.toasted], {
    bad: [LONG_TEXTS.tooLongForIndex],
  }),
  keyOf("bytea", ["\\x", "\\x00", "\\x0000", "\\xff"]),
  keyOf("timestamptz", ["2026-01-01 00:00:00+00", "2026-01-01 01:00:00+01", "infinity"]),
  keyOf("uuid", ["00000000-0000-0000-0000-00000000000a", "0000000000000000000000000000000A"]),
  keyOf("char(4)", ["a", "a ", "a   ", "b", ""]),
  keyOf("varchar(5)", ["abcde", "abc", "ab"], { bad: ["abcdef"] }),
  keyOf("interval", ["1 mon", "30 days", "720:00:00", "1 day", "24:00:00"]),
  keyOf("numeric[]", ["{1.0}", "{1.00}", "{1,2}", "{}"]),
  keyOf("jsonb", ["1", '"1"', '{"a": 1}', '{ "a":1 }', "[]"], {
    toValue: (text) => JSON.parse(text) as unknown,
  }),
  {
    ...primaryKey("domain", column("k", "@.d_{T}", ["1", "2", "3"], { bad: ["100"] })),
    before: "CREATE DOMAIN @.d_{T} AS int CHECK (VALUE < 100)",
  },
];

const indexKeys: readonly KeyKind[] = [
  uniqueIndex("NULL-able", [nullableId], "(id)"),
  uniqueIndex("composite, NULL-able", [nullableId, nullableName], "(id, name)"),
  uniqueIndex("including another column", [id], "(id) INCLUDE (n)"),
  uniqueIndex("another operator class", [name], "(name text_pattern_ops)"),
  uniqueIndex("partial", [id, active], "(id) WHERE active", {
    columns: ["id"],
    predicate: "active",
  }),
  uniqueIndex("expression", [email], "(lower(email))", { target: "lower(email)" }),
];

function keysOfServer({ version, hasCitext, ignoringCase }: ServerFeatures): readonly KeyKind[] {
  const kinds: KeyKind[] = [];
  if (version >= 15) {
    kinds.push(
      uniqueIndex("NULLS NOT DISTINCT", [nullableId], "(id) NULLS NOT DISTINCT"),
      uniqueIndex(
        "composite, NULLS NOT DISTINCT",
        [nullableId, nullableName],
        "(id, name) NULLS NOT DISTINCT",
      ),
    );
  }
  if (hasCitext) {
    kinds.push(keyOf("citext", ["a", "A", "b", "B", "Ab"]));
  }
  if (ignoringCase !== undefined) {
    const rest = `COLLATE ${ignoringCase}`;
    kinds.push(
      primaryKey("nondeterministic collation", { ...name, rest }),
      uniqueIndex("another collation", [name], `(name ${rest})`),
    );
  }
  return kinds;
}
