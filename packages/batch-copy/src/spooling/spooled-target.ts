import type { InvalidRow } from "../batch/units.js";
import type { EncodeError } from "../errors.js";
import type { WantedSource } from "../source/claim-own.js";
import type { SourcePlace } from "../source/make-invalid-row.js";
import type { OwnSource, SourceHooks } from "../source/own-source.js";
import type { StoredSettings } from "./stored-form.js";

/** The table that stored rows are written to. */
export interface SpooledTarget {
  /** Its qualified name, quoted. */
  readonly name: string;
  /** What else is needed to write rows to it later. */
  readonly settings: StoredSettings;
  /** Whether it was looked at; otherwise the database is away, and claiming takes as long as that. */
  readonly isThere: boolean;
  /** Called if rows that were committed are neither in it nor on disk any more. */
  readonly onForgotten: (rows: number) => void;
  /** Keeps a row that cannot be encoded any more. */
  readonly invalidRow: (row: object, error: EncodeError, place: SourcePlace) => InvalidRow;
  /** Claims a source whose rows are written to it. */
  readonly claim: (source: WantedSource, hooks: SourceHooks) => Promise<OwnSource>;
}
