import type { ConflictOptions } from "./conflict-options.js";
import type { PgClientConfig } from "./copy/client-config.js";
import type { PgPool } from "./copy/driver.js";
import type { Rejection } from "./errors.js";
import type { LedgerOptions } from "./ledger-option.js";
import type { SpoolOptions } from "./spool-option.js";
import type { ColumnNames } from "./table/naming.js";

/** The keys of a row. `Row` is not inferred from `columns`. */
type KeyOf<Row> = keyof NoInfer<Row> & string;

/** Options of a copier. All are optional. */
export interface CopierOptions<Row = object> {
  /**
   * The keys of the columns to fill, with a table's name instead of a definition. The other columns get
   * their defaults.
   * @default every column that this role can write
   */
  columns?: readonly KeyOf<Row>[] | undefined;
  /**
   * The columns' names in SQL, with a table's name instead of a definition, if they are not the keys of
   * the rows: `"snake_case"`, an object of names by key, or, together with `columns`, a function from a
   * key to a name. Without `columns`, the keys are derived from the names; a column that would have no
   * key of its own, such as `address_2` with `"snake_case"`, is an error that says what to do.
   * @default the keys are the names
   */
  names?: ColumnNames<KeyOf<Row>> | undefined;
  /**
   * What to do with rows that conflict with a row of the table: update it, or ignore them. Without it,
   * a duplicate key is an error of its row.
   * @default none
   */
  onConflict?: ConflictOptions<Row> | undefined;
  /**
   * Connection string of the server. Its `sslmode` configures TLS.
   * @default the environment variable DATABASE_URL, or else the PG* variables
   */
  databaseUrl?: string | undefined;
  /**
   * How to connect, instead of `databaseUrl`: the configuration of a `pg.Client`. Its `password` may be
   * a function, which is called anew for each connection.
   * @default none
   */
  connection?: PgClientConfig | undefined;
  /**
   * An existing `pg.Pool` to take connections from, instead of `databaseUrl` and `connection`. The
   * copier never closes it. If its `max` is smaller than `connections`, fewer COPYs run at once.
   * @default none: the copier opens a pool of its own
   */
  pool?: PgPool | undefined;
  /**
   * Maximum number of COPYs that run at once. With 1, rows are written in the order in which they were
   * accepted.
   * @default 2
   */
  connections?: number | undefined;
  /**
   * Maximum number of rows per batch.
   * @default 100000
   */
  maxBatchRows?: number | undefined;
  /**
   * Maximum size of a batch, in encoded bytes. A single row may be larger.
   * @default 4194304 (4 MiB)
   */
  maxBatchBytes?: number | undefined;
  /**
   * Maximum time in milliseconds that a row waits for its batch to fill up, while a connection is free.
   * @default 100
   */
  flushIntervalMs?: number | undefined;
  /**
   * Size of the buffer, in encoded bytes that are not committed yet. When it is full, `send` waits.
   * @default 67108864 (64 MiB)
   */
  maxBufferedBytes?: number | undefined;
  /**
   * Milliseconds to wait until a connection is open before the attempt fails, and to wait for each
   * answer to a question about the table or the server. Time in which the event loop is blocked does
   * not count.
   * @default 2000
   */
  connectTimeoutMs?: number | undefined;
  /**
   * Milliseconds to wait for a free client while all clients of the pool are in use, before the attempt
   * fails. It does not count towards `connectTimeoutMs`.
   * @default 30000
   */
  poolTimeoutMs?: number | undefined;
  /**
   * Milliseconds after which the copier's own pool replaces a connection.
   * @default 1200000 (20 minutes)
   */
  connectionLifetimeMs?: number | undefined;
  /**
   * Milliseconds without progress after which the connection of a COPY is closed and the batch is
   * retried, with twice the time. It counts as progress if the server is busy or waits for a lock, the
   * disk or a synchronous standby. Time in which the event loop is blocked does not count.
   * @default 60000
   */
  copyTimeoutMs?: number | undefined;
  /**
   * How a batch is retried after a failure that can pass: a lost connection, a restart, a deadlock, a
   * missing privilege.
   * @default { minDelayMs: 50, maxDelayMs: 5000, timeoutMs: Infinity }
   */
  retry?: RetryOptions | undefined;
  /**
   * What to do with a batch whose connection was lost during the commit if the server cannot say
   * whether the transaction committed, for example after a failover. `"retry"` writes the batch again:
   * its rows may be duplicated, and rejections that follow have `afterUnknown` set. `"reject"` returns
   * the rows with an OutcomeUnknownError. Not together with `ledger`.
   * @default "retry"
   */
  onInDoubt?: "retry" | "reject" | undefined;
  /**
   * A small table in the same database that says which transactions were committed: a row of it is
   * updated in the transaction of each batch. So the outcome of an interrupted commit is certain, also
   * after a failover, and each row is written once. `true` means the table `batch_copy_ledger` in the
   * current schema, which is created if it does not exist. `connect` warns of a table whose rows can be
   * lost without it: one that is UNLOGGED, foreign or temporary, or has such a partition.
   * @default false: an interrupted commit is looked up by its transaction id
   * @example { ledger: { table: "app.ledger", create: false } }
   */
  ledger?: boolean | LedgerOptions | undefined;
  /**
   * Keeps rows on disk until they are committed: `send` and `sendMany` resolve when their rows are durable,
   * and such rows reach the table once, although the process is killed, the machine loses power or the
   * database is away for a day. It includes `ledger: true`, and needs `deadLetters` or `onReject`, because
   * the sender of a row may be gone.
   * @default none: rows that are not committed are in memory only
   * @example { spool: { directory: "/var/lib/app/spool", maxBytes: 10 * 2 ** 30 } }
   */
  spool?: SpoolOptions | undefined;
  /**
   * Called for each row that `send` or `sendMany` accepted and that is not known to be in the table.
   * The class of `error` says whether the row was rejected, undelivered or in doubt. Calls do not
   * overlap, and `flush()` waits for the promise that the handler returns. The handler may send rows,
   * which do not wait for room in the buffer; it must not wait for `flush()` or `close()`. If it throws,
   * `flush()` reports the row as if there were no handler.
   * @default none: `flush()` and `close()` reject with a RowsRejectedError
   */
  onReject?: ((rejection: Rejection<Row>) => void | Promise<void>) | undefined;
  /**
   * The name of a table that keeps the rows of `send` and `sendMany` that the server rejects, as SQL
   * reads it: `"app.rejected_rows"`. It is created if it does not exist. A row is stored there in the
   * transaction that passes it by, with the error and the values in their text form. `flush()` and
   * `close()` do not reject for it; `onReject`, if given too, is called after the commit. A row that is
   * too large for jsonb is reported as without this option. `resendDeadLetters()` sends the rows again.
   * A source can keep rows here that cannot be encoded, too: see `Source.send()`.
   * @default none
   */
  deadLetters?: string | undefined;
}

/** How a batch is retried. */
export interface RetryOptions {
  /**
   * Milliseconds before the second attempt. The delay doubles with each attempt, and is shortened at
   * random by up to a half.
   * @default 50
   */
  minDelayMs?: number | undefined;
  /**
   * Maximum delay in milliseconds. It is also the delay while an operator has to fix something, such as
   * a missing privilege.
   * @default 5000
   */
  maxDelayMs?: number | undefined;
  /**
   * Milliseconds of failed attempts after which the rows are returned with an UndeliveredError. With 0
   * there is a single attempt.
   * @default Infinity
   */
  timeoutMs?: number | undefined;
}
