import type { TextRow } from "../text-query.js";
import type { PgServerError } from "./server-error.js";

/** A statement of a transaction, and what reads its answers. */
export interface Statement {
  readonly sql: string;
  /** Called for each row of its result. */
  readonly onRow?: (fields: TextRow) => void;
  /** Called with its command tag, such as `INSERT 0 5`. */
  readonly onTag?: (tag: string) => void;
  /** Whether it has caused an error of the commit: a constraint that was deferred. */
  readonly hasCaused?: (error: PgServerError) => boolean;
}
