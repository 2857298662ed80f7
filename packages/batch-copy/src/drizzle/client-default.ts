import type { ColumnObject } from "./drizzle-table.js";
import { refuseSql } from "./sql-object.js";

/**
 * What makes the value of a row that leaves out the key. As in an INSERT of Drizzle
 * (`buildInsertQuery` in drizzle-orm/src/pg-core/dialect.ts), that is `$defaultFn`, or else
 * `$onUpdateFn` if the column has no default of the server's. That default is out of reach, so the
 * row is rejected. Undefined for a column that has none of them.
 */
export function clientDefault(key: string, column: ColumnObject): (() => unknown) | undefined {
  const { defaultFn, onUpdateFn, hasDefault } = column;
  // As in Drizzle, a falsy default does not count.
  const make = defaultFn ?? (column.default ? undefined : onUpdateFn);
  if (make !== undefined) {
    return () => refuseSql(make());
  }
  return hasDefault ? () => refuseDefault(key) : undefined;
}

/** COPY fills a column for all of its rows or for none. */
function refuseDefault(key: string): never {
  throw new TypeError(
    `a value is missing, and the column has a default: to use it, omit the column by fromDrizzle(table, { omit: [${JSON.stringify(key)}] }); otherwise send a value`,
  );
}
