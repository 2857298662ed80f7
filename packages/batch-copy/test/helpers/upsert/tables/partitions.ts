import type { SeededRandom } from "../../fault/seeded-random.js";
import type { KeyKind } from "./key-kinds.js";

/** How a table is divided. In its SQL, `{T}` is the table's name. */
export interface Partitions {
  readonly name: string;
  /** What follows PARTITION BY. */
  readonly by: string;
  readonly statements: readonly string[];
}

function part(number: number, bounds: string): string {
  return `CREATE TABLE @.{T}_${number} PARTITION OF @.{T} ${bounds}`;
}

const KINDS: readonly Partitions[] = [
  {
    name: "range partitions",
    by: "RANGE (id)",
    statements: [
      part(1, "FOR VALUES FROM (-100) TO (2)"),
      part(2, "FOR VALUES FROM (2) TO (4)"),
      part(3, "FOR VALUES FROM (4) TO (6)"),
    ],
  },
  {
    name: "list partitions",
    by: "LIST (id)",
    statements: [part(1, "FOR VALUES IN (1, 3)"), part(2, "FOR VALUES IN (2)"), part(3, "DEFAULT")],
  },
  {
    name: "hash partitions",
    by: "HASH (id)",
    statements: [0, 1, 2].map((rest) =>
      part(rest, `FOR VALUES WITH (MODULUS 3, REMAINDER ${rest})`),
    ),
  },
];

/** Partitions for some of the tables that can have them: those whose unique index begins with `id`. */
export function choosePartitions(key: KeyKind, random: SeededRandom): Partitions | undefined {
  const canHave = key.arbiter.isPrimaryKey && key.columns[0]!.name === "id";
  return canHave && random.percent(30) ? random.pick(KINDS) : undefined;
}
