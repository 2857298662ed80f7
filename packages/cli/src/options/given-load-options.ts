/** The options of `load` as texts, as they are on the command line. */
export interface GivenLoadOptions {
  readonly into?: string;
  readonly format?: string;
  readonly header?: boolean;
  readonly columns?: string;
  readonly map?: readonly string[];
  readonly delimiter?: string;
  readonly quote?: string;
  readonly null?: string;
  readonly encoding?: string;
  readonly compression?: string;
  readonly onConflict?: string;
  readonly key?: string;
  readonly rejects?: string;
  readonly maxRejects?: string;
  readonly resume?: boolean;
  readonly again?: boolean;
  readonly limit?: string;
  readonly skip?: string;
  readonly dryRun?: boolean;
  readonly create?: boolean;
  readonly names?: string;
  readonly connections?: string;
  readonly batchRows?: string;
  readonly progress?: string;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
  readonly json?: boolean;
  readonly databaseUrl?: string;
  readonly truncate?: boolean;
  readonly set?: readonly string[];
  readonly ledger?: string;
  readonly unknownKeys?: string;
}
