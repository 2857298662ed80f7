// Every compiler checks this file in a CommonJS package and in an ESM package.
import {
  BatchCopyError,
  columnType,
  Copier,
  EncodeError,
  int8,
  table,
  text,
  type CopierOptions,
  type PgPool,
  type RowOf,
} from "batch-copy";

const metrics = table("metrics", { url: text, latency_ms: int8.nullable() });
export type Metric = RowOf<typeof metrics>;

export const row: Metric = { url: "/" };
// @ts-expect-error: fails if the types cannot be found and everything is `any`
export const wrong: Metric = { url: 1 };

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
