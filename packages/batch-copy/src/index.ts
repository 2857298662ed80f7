export { Copier, type InsertOptions, type SendOptions } from "./copier.js";
export type { CloseOptions } from "./close-options.js";
export { Source, type SourceOptions, type SourceSendOptions } from "./source/source.js";
export { RowEncoder, type EncoderColumn, type EncoderOptions } from "./encoded/row-encoder.js";
export type { EncodedRows } from "./encoded/encoded-rows.js";
export { CopierGroup } from "./copier-group.js";
export { GroupSource, type GroupRows } from "./group-source.js";
export type { CopierStats, GroupStats } from "./copier-stats.js";
export type { CopierGroupOptions, TableCopierOptions } from "./group-options.js";
export type { ConflictOptions, ConflictUpdate } from "./conflict-options.js";
export type { CopierOptions, RetryOptions } from "./copier-options.js";
export type { LedgerOptions } from "./ledger-option.js";
export type { SpoolStats } from "./spool-stats.js";
export type { SpoolOptions } from "./spool-option.js";
export type { LedgerCallOptions } from "./ledger/ask-ledger.js";
export { forgetSource } from "./ledger/forget-source.js";
export { ledgerDdl } from "./ledger/ledger-ddl.js";
export { readLedger, type LedgerEntry } from "./ledger/read-ledger.js";
export { resendDeadLetters, type ResendOptions } from "./resend-dead-letters.js";
export type { RefusedLetter, ResendResult } from "./resend-result.js";
export { readSpool, type SpooledTable, type SpoolStream } from "./read-spool.js";
export {
  repairSpool,
  type RepairedStream,
  type RepairOptions,
  type RepairResult,
  type SkippedStream,
} from "./repair-spool.js";
export type { InvalidRow, WritableOptions } from "./row-stream.js";
export type {
  BatchMessage,
  CommitMessage,
  DiagnosticsChannels,
  InDoubtMessage,
  RejectMessage,
  RetryMessage,
  SpoolTroubleMessage,
  SyncMessage,
} from "./diagnostics.js";
export type { PgClientConfig } from "./copy/client-config.js";
export type { PgPool } from "./copy/driver.js";
export { table, type Columns, type RowOf, type Table, type TableOptions } from "./table/table.js";
export type { WriteForm } from "./table/write-plan.js";
export type { ColumnNames } from "./table/naming.js";
export type { Codec } from "./codecs/codec.js";
export type { ColumnType, NamedCodec } from "./codecs/column-type.js";
export { registerType as columnType } from "./codecs/registered-types.js";
export type { AttributeDescription, TypeDescription, TypeKind } from "./codecs/type-description.js";
export type { ByteReader } from "./bytes/byte-reader.js";
export type { ByteWriter } from "./bytes/byte-writer.js";
export { definitionSource, type DefinitionSourceOptions } from "./table/definition-source.js";
export { describeTable } from "./table/copy-target.js";
export type { Queryable } from "./table/ask-catalog.js";
export type { ColumnDescription, TableDescription } from "./table/describe-table.js";
export * from "./codecs/registry.js";
/** All column types under one name, for files in which their own names are taken. */
export * as types from "./codecs/registry.js";
export {
  BatchCopyError,
  ClosedError,
  ConnectError,
  EncodeError,
  FencedError,
  OutcomeUnknownError,
  RewoundError,
  RowRejectedError,
  RowsRejectedError,
  SchemaMismatchError,
  SpoolCorruptError,
  SpoolError,
  TimeoutError,
  UndeliveredError,
  type BatchCopyErrorCode,
  type Rejection,
  type RowsInDoubt,
  type ServerErrorFields,
  type TransactionInDoubt,
} from "./errors.js";
