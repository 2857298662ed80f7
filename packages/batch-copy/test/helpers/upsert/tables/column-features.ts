import { column, omitted } from "./column.js";
import { countingFunction } from "./counting-function.js";
import type { FeatureKind } from "./feature.js";

/** Columns that rows omit, generated columns, and types of which rows may have many. */
export const columnFeatures: readonly FeatureKind[] = [
  {
    percent: 8,
    make: () => ({
      name: "generated column",
      columns: [omitted("doubled", "int", "GENERATED ALWAYS AS (n * 2) STORED", "text")],
    }),
  },
  {
    percent: 5,
    make: () => ({
      name: "generated column that raises",
      columns: [omitted("inverse", "int", "GENERATED ALWAYS AS (12 / (n - 3)) STORED", "text")],
    }),
  },
  {
    percent: 10,
    fits: ({ isPartitioned }) => !isPartitioned,
    make: ({ random }) => ({
      name: "identity column",
      columns: [
        omitted(
          "place",
          "bigint",
          `GENERATED ${random.pick(["ALWAYS", "BY DEFAULT"])} AS IDENTITY`,
          "rank",
        ),
      ],
    }),
  },
  {
    percent: 6,
    make: () => ({ name: "serial column", columns: [omitted("number", "serial", "", "rank")] }),
  },
  {
    percent: 15,
    make: ({ random }) => ({
      name: "volatile default",
      columns: [
        omitted(
          "made",
          "timestamptz",
          `DEFAULT ${random.pick(["now()", "clock_timestamp()"])}`,
          "presence",
        ),
      ],
    }),
  },
  {
    percent: 5,
    make: () => ({
      name: "default that reads the table",
      columns: [omitted("before", "bigint", "", "text")],
      after: [
        ...countingFunction("rows"),
        "ALTER TABLE @.{T} ALTER before SET DEFAULT @.rows_{T}()",
      ],
      needsSingleRows: true,
    }),
  },
  {
    percent: 6,
    make: () => ({
      name: "enum column",
      before: "CREATE TYPE @.e_{T} AS ENUM ('low', 'high')",
      columns: [column("level", "@.e_{T}", ["low", "high", null])],
    }),
  },
  {
    percent: 8,
    make: () => ({
      name: "jsonb column",
      columns: [
        column("body", "jsonb", ['{"a": [1, null]}', '"x"', null], {
          toValue: (text) => JSON.parse(text) as unknown,
        }),
      ],
    }),
  },
  {
    percent: 8,
    make: () => ({
      name: "array column with a GIN index",
      columns: [column("tags", "text[]", ["{}", "{a,b}", "{a,NULL}", null])],
      after: ["CREATE INDEX ON @.{T} USING gin (tags)"],
    }),
  },
  { percent: 8, make: () => ({ name: "plain index", after: ["CREATE INDEX ON @.{T} (n, note)"] }) },
];
