import { randomBytes } from "node:crypto";

import { int4, rangeOf, text } from "../../../dist/index.js";
import { refusal, type Place, type Refusal } from "./refusal.js";

/** A number of its own; for a bad row that of a good row before it. */
const taken = { good: ({ id }: Place) => id, bad: ({ goodBefore }: Place) => goodBefore };

/** A range of its own; for a bad row that of a good row before it. */
const overlapping = {
  good: ({ id }: Place) => rangeOfOne(id),
  bad: ({ goodBefore }: Place) => rangeOfOne(goodBefore),
};

/** The id of a row before it; for a bad row one that was refused, or never there. */
const parent = {
  good: ({ goodBefore }: Place) => goodBefore,
  bad: ({ badBefore }: Place) => badBefore ?? -1,
};

const small = { good: 1, bad: 13 };
const range = rangeOf(int4);
const later = "DEFERRABLE INITIALLY DEFERRED";
const noLine = { hasLine: false };
/** A key of an index has room for less than 2704 bytes, and these cannot be compressed to that. */
const oversized = {
  good: ({ id }: Place) => `${id}`,
  bad: () => randomBytes(8000).toString("hex"),
};

/** What constraints, partitions, domains and indexes refuse. */
export const constraintRefusals: readonly Refusal[] = [
  refusal(
    "NOT NULL",
    "23502",
    int4.nullable(),
    { good: 1, bad: () => null },
    alter("ALTER v SET NOT NULL"),
  ),
  refusal("CHECK", "23514", int4, small, alter("ADD CHECK (v <> 13)")),
  refusal("UNIQUE", "23505", int4, taken, alter("ADD UNIQUE (v)")),
  refusal("PRIMARY KEY", "23505", int4, taken, alter("ADD PRIMARY KEY (v)")),
  refusal("UNIQUE, checked after the statement", "23505", int4, taken, {
    ...alter("ADD UNIQUE (v) DEFERRABLE"),
    ...noLine,
  }),
  refusal("UNIQUE, checked at the commit", "23505", int4, taken, {
    ...alter(`ADD UNIQUE (v) ${later}`),
    ...noLine,
  }),
  refusal("EXCLUDE", "23P01", range, overlapping, alter("ADD EXCLUDE USING gist (v WITH &&)")),
  refusal("EXCLUDE, checked at the commit", "23P01", range, overlapping, {
    ...alter(`ADD EXCLUDE USING gist (v WITH &&) ${later}`),
    ...noLine,
  }),
  refusal("FOREIGN KEY", "23503", int4, small, {
    rule: `
      CREATE TABLE {s}.{n}_other (id int PRIMARY KEY);
      INSERT INTO {s}.{n}_other VALUES (1);
      ALTER TABLE {t} ADD FOREIGN KEY (v) REFERENCES {s}.{n}_other`,
    ...noLine,
  }),
  refusal("FOREIGN KEY to a row before", "23503", int4, parent, {
    ...alter("ADD PRIMARY KEY (id), ADD FOREIGN KEY (v) REFERENCES {t}"),
    ...noLine,
  }),
  refusal("FOREIGN KEY, checked at the commit", "23503", int4, parent, {
    ...alter(`ADD PRIMARY KEY (id), ADD FOREIGN KEY (v) REFERENCES {t} ${later}`),
    ...noLine,
  }),
  refusal("no partition", "23514", int4, small, {
    rule: `
      DROP TABLE {t};
      CREATE TABLE {t} (id int NOT NULL, v int NOT NULL) PARTITION BY LIST (v);
      CREATE TABLE {s}.{n}_1 PARTITION OF {t} FOR VALUES IN (1)`,
  }),
  refusal("UNIQUE in several partitions", "23505", int4, taken, {
    rule: `
      DROP TABLE {t};
      CREATE TABLE {t} (id int NOT NULL, v int UNIQUE NOT NULL) PARTITION BY HASH (v);
      CREATE TABLE {s}.{n}_0 PARTITION OF {t} FOR VALUES WITH (MODULUS 2, REMAINDER 0);
      CREATE TABLE {s}.{n}_1 PARTITION OF {t} FOR VALUES WITH (MODULUS 2, REMAINDER 1)`,
  }),
  refusal("CHECK of a domain", "23514", int4, small, {
    rule: `
      CREATE DOMAIN {s}.{n}_domain AS int CHECK (VALUE <> 13);
      ALTER TABLE {t} ALTER v TYPE {s}.{n}_domain`,
  }),
  refusal(
    "NOT NULL of a domain",
    "23502",
    int4.nullable(),
    { good: 1, bad: () => null },
    {
      rule: `
      CREATE DOMAIN {s}.{n}_domain AS int NOT NULL;
      ALTER TABLE {t} ALTER v TYPE {s}.{n}_domain`,
    },
  ),
  refusal("a key too large for its index", "54000", text, oversized, alter("ADD UNIQUE (v)")),
];

function alter(action: string): { readonly rule: string } {
  return { rule: `ALTER TABLE {t} ${action}` };
}

function rangeOfOne(lower: number): object {
  return { lower, upper: lower + 1, lowerInclusive: true, upperInclusive: false };
}
