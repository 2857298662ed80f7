// Every compiler checks this file in a CommonJS package and in an ESM package.
import {
  BatchCopyError,
  columnType,
  Copier,
  EncodeError,
  int8,
  table,
  text,
  types as t,
  type CopierOptions,
  type PgPool,
  type RowOf,
} from "batch-copy";
import { fromDrizzle } from "batch-copy/drizzle";

const metrics = table("metrics", { url: text, latency_ms: int8.nullable() });
export type Metric = RowOf<typeof metrics>;

export const row: Metric = { url: "/" };
// @ts-expect-error: fails if the types cannot be found and everything is `any`
export const wrong: Metric = { url: 1 };

const named = table("named", { url: t.text, size: t.int8.nullable() });
export const namedRow: RowOf<typeof named> = { url: "/", size: 1n };
// @ts-expect-error: a number is not a string
export const wrongRow: RowOf<typeof named> = { url: 1 };

/** What a table of Drizzle looks like to the compiler. */
interface DrizzleColumn<Data, NotNull extends boolean> {
  _: {
    dialect: "pg";
    columnType: "PgText" | "PgInteger";
    data: Data;
    notNull: NotNull;
    hasDefault: false;
    hasRuntimeDefault: false;
    generated: undefined;
    identity: undefined;
  };
}
export function drizzleRow(logs: {
  _: {
    brand: "Table";
    columns: { message: DrizzleColumn<string, true>; level: DrizzleColumn<number, false> };
  };
}): object {
  const definition = fromDrizzle(logs, { omit: [] });
  const log: RowOf<typeof definition> = { message: "started" };
  // @ts-expect-error: fails if the types cannot be found and everything is `any`
  log.message = 1;
  return log;
}

export const complex = columnType<{ re: number; im: number }>("complex", {
  encode({ re, im }, out) {
    out.float64(re);
    out.float64(im);
  },
  decode: (input) => ({ re: input.float64(), im: input.float64() }),
});

export async function write(pool: PgPool, options: CopierOptions<Metric>): Promise<void> {
  const copier: Copier<Metric> = await Copier.connect(metrics, { ...options, pool });
  try {
    await copier.insert(row);
  } catch (error) {
    if (error instanceof EncodeError) console.error(error.column, error.reason);
    else if (error instanceof BatchCopyError) console.error(error.code);
  }
  copier.writable().end();
  await copier.close();
}
