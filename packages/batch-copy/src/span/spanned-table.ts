import type { CopyRoute } from "../copy/run-copy.js";
import type { Destination } from "../delivery/destination.js";
import { ClosedError, SchemaMismatchError, UndeliveredError } from "../errors.js";
import type { MakeInvalidRow } from "../source/make-invalid-row.js";
import type { OwnSource } from "../source/own-source.js";
import type { RowFormat } from "../table/row-format.js";

/** What a table brings with it. */
export interface SpannedTableParts {
  readonly oid: number;
  readonly destination: Destination;
  /** How rows are written now. */
  readonly format: () => RowFormat<object>;
  /** See `CopyRoute`. */
  readonly prepare: CopyRoute["prepare"];
  /** See `AdmissionHooks.renew`. */
  readonly renewFor: (error: unknown) => Promise<boolean> | undefined;
  /** Undefined without a table of dead letters. */
  readonly invalidRow: MakeInvalidRow | undefined;
}

/** A table to which sources of a group have sent rows. */
export class SpannedTable implements SpannedTableParts {
  /** By which its rows are known among those of the other tables. */
  readonly number: number;
  readonly oid: number;
  readonly destination: Destination;
  readonly format: () => RowFormat<object>;
  readonly prepare: CopyRoute["prepare"];
  readonly renewFor: SpannedTableParts["renewFor"];
  readonly invalidRow: MakeInvalidRow | undefined;
  /** The sources that have sent rows to it. */
  readonly sources: Set<OwnSource> = new Set<OwnSource>();
  /** Rows of the sources that were accepted. */
  rowsAccepted = 0;
  #refusal: Error | undefined;

  constructor(number: number, parts: SpannedTableParts) {
    this.number = number;
    this.oid = parts.oid;
    this.destination = parts.destination;
    this.format = parts.format;
    this.prepare = parts.prepare;
    this.renewFor = parts.renewFor;
    this.invalidRow = parts.invalidRow;
  }

  /** Whether it does not share the fate of the ledger. */
  get isStray(): boolean {
    return this.#refusal instanceof SchemaMismatchError;
  }

  /** @throws the error with which it was closed or refused */
  throwIfRefused(): void {
    if (this.#refusal !== undefined) {
      throw this.#refusal;
    }
  }

  /** Accepts no more rows. */
  close(): void {
    this.#refusal ??= new ClosedError();
  }

  /** Accepts no rows at all: ends the sources that have sent some. */
  refuse(error: SchemaMismatchError): void {
    this.#refusal = error;
    this.sources.forEach((source) => source.end(error));
  }

  /** Ends the sources that have sent rows to it. A transaction with their rows may be at the server. */
  giveUp(message: string): void {
    const { table } = this.destination;
    const told = `${message}; the ledger says how much of the source was committed`;
    const error = new UndeliveredError(told, [], [], { table });
    this.sources.forEach((source) => source.end(error));
  }
}

/** A row, and the table that it goes to. */
export interface SpannedRow {
  readonly table: SpannedTable;
  readonly row: object;
}
