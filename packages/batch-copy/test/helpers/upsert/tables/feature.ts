import type { SeededRandom } from "../../fault/seeded-random.js";
import type { Column } from "./column.js";
import type { KeyKind } from "./key-kinds.js";
import type { ServerFeatures } from "./server-features.js";

/** What the features of a table are chosen by. */
export interface Draft {
  readonly key: KeyKind;
  readonly random: SeededRandom;
  readonly server: ServerFeatures;
  readonly isPartitioned: boolean;
}

/** Something that a table can have or not. In its SQL, `{T}` is the table's name. */
export interface Feature {
  readonly name: string;
  readonly columns?: readonly Column[];
  readonly before?: string;
  readonly constraint?: string;
  readonly after?: readonly string[];
  readonly writesHistory?: boolean;
  readonly hasPolicies?: boolean;
  /** Whether one INSERT of many rows means something else than many of one row. */
  readonly needsSingleRows?: boolean;
  /** The name of an earlier feature that a table cannot have as well. */
  readonly excludes?: string;
}

/** A feature, how likely it is in a hundred tables, and the tables that can have it. */
export interface FeatureKind {
  readonly percent: number;
  readonly fits?: (draft: Draft) => boolean;
  readonly make: (draft: Draft) => Feature;
}
