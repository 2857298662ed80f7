/** How a command other than `load` finds the server, and how it prints. */
interface ServerToolOptions {
  /** undefined: DATABASE_URL, else the PG* variables. */
  readonly databaseUrl: string | undefined;
}

/** `batch-copy definition <table>` */
export interface DefinitionOptions extends ServerToolOptions {
  readonly table: string;
  readonly names: "snake_case" | undefined;
}

/** `batch-copy ledger list` and `batch-copy ledger forget <source…>` */
export interface LedgerCommandOptions extends ServerToolOptions {
  /** The table of the ledger; undefined: that of the library. */
  readonly ledger: string | undefined;
  /** The sources to forget; undefined: list all. */
  readonly forget: readonly string[] | undefined;
  /** Forget also sources that somebody writes to. */
  readonly force: boolean;
  readonly json: boolean;
}

/** `batch-copy spool list <directory>` and `batch-copy spool repair <directory>` */
export interface SpoolCommandOptions {
  readonly directory: string;
  /** What to repair; undefined: list the streams. */
  readonly repair: { readonly stream: string | undefined; readonly adopt: boolean } | undefined;
  readonly json: boolean;
}

/** `batch-copy dead-letters list <letters>` and `batch-copy dead-letters resend <letters>` */
export interface DeadLettersOptions extends ServerToolOptions {
  /** The table of dead letters. */
  readonly letters: string;
  /** The table whose letters are sent again; undefined: list them. */
  readonly resendTo: string | undefined;
  /** A condition as SQL about the columns of the table of dead letters. */
  readonly where: string | undefined;
  /** How many letters are listed at most; undefined: all. */
  readonly limit: number | undefined;
  readonly json: boolean;
}
