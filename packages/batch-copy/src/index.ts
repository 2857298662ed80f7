export { Copier, type CloseOptions, type CopierStats, type SendOptions } from "./copier.js";
export type { CopierOptions } from "./options.js";
export type { PgPool } from "./copy/driver.js";
export { table, type Columns, type RowOf, type Table } from "./table/table.js";
export type { ColumnType } from "./codecs/column-type.js";
export * from "./codecs/registry.js";
export {
  BatchCopyError,
  ClosedError,
  ConnectError,
  EncodeError,
  OutcomeUnknownError,
  RowRejectedError,
  RowsRejectedError,
  SchemaMismatchError,
  UndeliveredError,
  type BatchCopyErrorCode,
  type Rejection,
  type RowsInDoubt,
  type ServerErrorFields,
} from "./errors.js";
