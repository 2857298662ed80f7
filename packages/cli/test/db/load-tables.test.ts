import { describeLoads, type LoadCase } from "../helpers/load-case.js";

const columns = "id int PRIMARY KEY, name text";

const CONFLICTS: readonly LoadCase[] = [
  {
    name: "a key that exists is rejected without --on-conflict",
    columns,
    setup: "INSERT INTO {t} VALUES (1, 'old')",
    files: { "a.csv": "id,name\n1,a\n2,b\n" },
    rows: ["(1,old)", "(2,b)"],
    rejects: "id,name\n1,a\n",
    reasons: [[2, 8, null, "23505", /duplicate key/]],
  },
  {
    name: "--on-conflict update updates it, also if the file has it twice",
    columns,
    setup: "INSERT INTO {t} VALUES (1, 'old')",
    files: { "a.csv": "id,name\n1,a\n2,b\n2,c\n" },
    options: ["--on-conflict", "update"],
    rows: ["(1,a)", "(2,c)"],
    says: /2 of them updated rows/,
  },
  {
    name: "--on-conflict ignore keeps it",
    columns,
    setup: "INSERT INTO {t} VALUES (1, 'old')",
    files: { "a.csv": "id,name\n1,a\n2,b\n" },
    options: ["--on-conflict", "ignore"],
    rows: ["(1,old)", "(2,b)"],
    says: /1 row was ignored, because the key is in the table/,
  },
  {
    name: "--key that names a column which the file does not fill",
    columns: "id int PRIMARY KEY, name text, other text",
    files: { "a.csv": "id,name\n1,a\n" },
    options: ["--on-conflict", "update", "--key", "id,other"],
    rows: [],
    code: 2,
    says: /--key names the column "other", which the file does not fill. It fills id, name\n/,
  },
  {
    name: "--key that is not unique is refused with what is",
    columns: "id int PRIMARY KEY, name text UNIQUE, note text",
    setup: "CREATE UNIQUE INDEX ON {t} (note, id) WHERE id > 0",
    files: { "a.csv": "id,name,note\n1,a,b\n" },
    options: ["--on-conflict", "ignore", "--key", "note"],
    rows: [],
    code: 2,
    says: /--on-conflict cannot be used: no unique index is on the columns \("note"\); its unique indexes are .*_key" \(--key name\), .*_idx" \(partial, which is not supported\), .*_pkey" \(--key id\)/,
  },
  {
    name: "--on-conflict update --key, with columns that the file does not have",
    columns: "id serial PRIMARY KEY, code text, day date, n int, note text DEFAULT 'kept'",
    setup:
      "CREATE UNIQUE INDEX ON {t} (code, day); INSERT INTO {t} (code, day, n, note) VALUES ('a', '2026-01-01', 1, 'mine')",
    files: { "a.csv": "code,day,n\na,2026-01-01,2\na,2026-01-02,3\n" },
    options: ["--on-conflict", "update", "--key", "code,day"],
    query: "SELECT concat_ws('|', code, day, n, note) AS row FROM {t}",
    rows: ["a|2026-01-01|2|mine", "a|2026-01-02|3|kept"],
  },
  {
    name: "--on-conflict ignore --key still rejects conflicts of other keys",
    columns: "id int PRIMARY KEY, code text UNIQUE",
    setup: "INSERT INTO {t} VALUES (1, 'a')",
    files: { "a.csv": "id,code\n2,a\n1,b\n3,c\n" },
    options: ["--on-conflict", "ignore", "--key", "code"],
    rows: ["(1,a)", "(3,c)"],
    rejects: "id,code\n1,b\n",
    reasons: [[3, 12, null, "23505", /duplicate key/]],
  },
  {
    name: "--on-conflict needs a unique index",
    columns: "id int, name text",
    files: { "a.csv": "id,name\n1,a\n" },
    options: ["--on-conflict", "update"],
    rows: [],
    code: 2,
    says: /primary key/i,
  },
  {
    name: "--key must be the columns of a unique index",
    columns,
    files: { "a.csv": "id,name\n1,a\n" },
    options: ["--on-conflict", "update", "--key", "name"],
    rows: [],
    code: 2,
    says: /unique/i,
  },
  {
    name: "an unfit key is found before --truncate deletes anything",
    columns,
    setup: "INSERT INTO {t} VALUES (1, 'old')",
    files: { "a.csv": "id,name\n1,a\n" },
    options: ["--on-conflict", "update", "--key", "name", "--truncate"],
    rows: ["(1,old)"],
    code: 2,
    says: /^batch-copy: .*no unique index is on the columns/,
  },
  {
    name: "NDJSON with --on-conflict update",
    columns,
    setup: "INSERT INTO {t} VALUES (1, 'old')",
    files: { "a.ndjson": '{"id":1,"name":"a"}\n{"id":2}\n' },
    options: ["--on-conflict", "update"],
    rows: ["(1,a)", "(2,)"],
  },
];

const TABLES: readonly LoadCase[] = [
  {
    name: "with odd names, in another schema",
    columns: "n int",
    setup: `CREATE TABLE {s}."My ""odd"" Table" ("Unit Price, €" numeric, "order" int, "ID" int)`,
    files: { "a.csv": '"Unit Price, €",order,ID\n1.5,2,3\n' },
    options: ["--into", `{s}."My ""odd"" Table"`],
    query: `SELECT loaded::text AS row FROM {s}."My ""odd"" Table" loaded`,
    rows: ["(1.5,2,3)"],
  },
  {
    name: "with an INSTEAD OF trigger, which is a view",
    columns,
    setup: `CREATE VIEW {s}.named AS SELECT id AS no, name AS title FROM {t};
      CREATE FUNCTION {s}.insert_named() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF NEW.title = 'bad' THEN RAISE 'no bad title'; END IF;
        INSERT INTO {t} VALUES (NEW.no, upper(NEW.title)); RETURN NEW; END $$;
      CREATE TRIGGER fill INSTEAD OF INSERT ON {s}.named FOR EACH ROW EXECUTE FUNCTION {s}.insert_named()`,
    files: { "a.csv": "no,title\n1,a\n2,bad\n3,c\n" },
    options: ["--into", "{s}.named"],
    rows: ["(1,A)", "(3,C)"],
    rejects: "no,title\n2,bad\n",
    reasons: [[3, 13, null, "P0001", /no bad title/]],
  },
  {
    name: "without one, which is a view that is refused",
    columns,
    setup: "CREATE VIEW {s}.plain AS SELECT id, name FROM {t}",
    files: { "a.csv": "id,name\n1,a\n" },
    options: ["--into", "{s}.plain"],
    rows: [],
    code: 2,
    says: /it is a view without an INSTEAD OF INSERT trigger/,
  },
  {
    name: "of partitions, with a row that none of them takes",
    columns: "n int",
    setup: `CREATE TABLE {s}.parts (id int, day date) PARTITION BY RANGE (day);
      CREATE TABLE {s}.part_1 PARTITION OF {s}.parts FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
      CREATE TABLE {s}.part_2 PARTITION OF {s}.parts FOR VALUES FROM ('2026-02-01') TO ('2026-03-01')`,
    files: { "a.csv": "id,day\n1,2026-01-31\n2,2026-02-01\n3,2026-03-01\n" },
    options: ["--into", "{s}.parts"],
    query:
      "SELECT c.relname || '|' || id AS row FROM {s}.parts p JOIN pg_class c ON c.oid = p.tableoid",
    rows: ["part_1|1", "part_2|2"],
    rejects: "id,day\n3,2026-03-01\n",
    reasons: [[4, 33, null, "23514", /no partition/]],
  },
  {
    name: "with an exclusion constraint, a domain, an enum and a composite type",
    columns: "n int",
    setup: `CREATE TYPE {s}.mood AS ENUM ('sad', 'ok'); CREATE DOMAIN {s}.positive AS int CHECK (VALUE > 0);
      CREATE TYPE {s}.pair AS (a int, b text);
      CREATE TABLE {s}.odd (mood {s}.mood, n {s}.positive, pair {s}.pair, span int4range, EXCLUDE USING gist (span WITH &&))`,
    files: {
      "a.csv":
        'mood,n,pair,span\nok,1,"(1,x)","[1,5)"\nhappy,1,,\nsad,-1,,\nok,2,"(1",\nok,3,,"[4,6)"\n',
    },
    options: ["--into", "{s}.odd"],
    query: "SELECT loaded::text AS row FROM {s}.odd loaded",
    rows: ['(ok,1,"(1,x)","[1,5)")'],
    rejects: 'mood,n,pair,span\nhappy,1,,\nok,2,"(1",\nsad,-1,,\nok,3,,"[4,6)"\n',
    reasons: [
      [3, 38, "mood", null, /"happy"/],
      [5, 57, "pair", null, /\(1/],
      [4, 48, null, "23514", /positive/],
      [6, 68, null, "23P01", /exclusion constraint/],
    ],
  },
  {
    name: "that does not exist",
    columns,
    files: { "a.csv": "id,name\n1,a\n" },
    options: ["--into", "{s}.nothing"],
    rows: [],
    code: 2,
    says: /nothing/,
  },
  {
    name: "whose name is not SQL",
    columns,
    files: { "a.csv": "id,name\n1,a\n" },
    options: ["--into", '{s}."open'],
    rows: [],
    code: 2,
    says: /Names with special characters must be in double quotes/,
  },
];

describeLoads("batch-copy load with keys", CONFLICTS);
describeLoads("batch-copy load into a table", TABLES);
