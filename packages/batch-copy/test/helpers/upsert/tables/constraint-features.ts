import { column } from "./column.js";
import { countingFunction } from "./counting-function.js";
import type { FeatureKind } from "./feature.js";
import { LONG_TEXTS } from "./long-texts.js";

/** Constraints and indexes that refuse rows. */
export const constraintFeatures: readonly FeatureKind[] = [
  {
    percent: 12,
    fits: ({ isPartitioned }) => !isPartitioned,
    make: () => ({
      name: "second unique index",
      columns: [column("code", "int", [null, null, "1", "2", "3", "4"])],
      constraint: "UNIQUE (code)",
    }),
  },
  {
    percent: 3,
    fits: ({ isPartitioned }) => !isPartitioned,
    make: () => ({
      name: "deferred unique index",
      columns: [column("turn", "int", [null, null, "1", "2", "3", "4"])],
      constraint: "UNIQUE (turn) DEFERRABLE INITIALLY DEFERRED",
      needsSingleRows: true,
    }),
  },
  {
    percent: 4,
    fits: ({ isPartitioned }) => !isPartitioned,
    make: () => ({
      name: "exclusion constraint",
      columns: [column("slot", "int", [null, null, "1", "2", "3"])],
      constraint: "EXCLUDE USING hash (slot WITH =)",
    }),
  },
  { percent: 12, make: () => ({ name: "CHECK", constraint: "CHECK (n <> 5)" }) },
  {
    percent: 3,
    make: () => ({
      name: "CHECK that reads the table",
      after: [
        ...countingFunction("full"),
        "ALTER TABLE @.{T} ADD CONSTRAINT full_{T} CHECK (@.full_{T}() < 6)",
      ],
      needsSingleRows: true,
    }),
  },
  {
    percent: 8,
    make: () => ({
      name: "NOT NULL",
      columns: [column("needed", "text", ["x", "y"], { rest: "NOT NULL", bad: [null] })],
    }),
  },
  {
    percent: 6,
    make: () => ({
      name: "length limit",
      columns: [column("short", "varchar(4)", ["x", "four", null], { bad: ["fives"] })],
    }),
  },
  {
    percent: 8,
    make: () => ({
      name: "foreign key",
      before: "CREATE TABLE @.p_{T} (id int PRIMARY KEY); INSERT INTO @.p_{T} VALUES (1), (2), (3)",
      columns: [
        column("parent", "int", ["1", "2", "3", null], { rest: "REFERENCES @.p_{T}", bad: ["9"] }),
      ],
    }),
  },
  {
    percent: 4,
    make: () => ({
      name: "deferred foreign key",
      before: "CREATE TABLE @.q_{T} (id int PRIMARY KEY); INSERT INTO @.q_{T} VALUES (1), (2)",
      columns: [
        column("later", "int", ["1", "2", null], {
          rest: "REFERENCES @.q_{T} DEFERRABLE INITIALLY DEFERRED",
          bad: ["9"],
        }),
      ],
      needsSingleRows: true,
    }),
  },
  {
    percent: 4,
    fits: ({ key: { arbiter } }) => arbiter.target === undefined && arbiter.predicate === undefined,
    make: ({ key: { arbiter } }) => ({
      name: "second unique index on the key",
      constraint: `UNIQUE (${arbiter.columns.join(", ")})`,
    }),
  },
  {
    percent: 25,
    fits: ({ key, isPartitioned }) => key.name.startsWith("int key") && !isPartitioned,
    make: () => ({
      name: "foreign key to itself",
      columns: [column("boss", "int", [null, "1", "2", "3"], { rest: "REFERENCES @.{T}" })],
      needsSingleRows: true,
    }),
  },
  {
    percent: 8,
    make: () => ({
      name: "index that limits lengths",
      columns: [
        column("long", "text", ["x", null, LONG_TEXTS.toasted], {
          bad: [LONG_TEXTS.tooLongForIndex],
        }),
      ],
      after: ["CREATE INDEX ON @.{T} (long)"],
    }),
  },
  {
    percent: 4,
    make: () => ({ name: "index that raises", after: ["CREATE INDEX ON @.{T} ((12 / (n - 4)))"] }),
  },
];
