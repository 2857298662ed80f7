// Checked by the compiler: each line below @ts-expect-error must not compile.
import type { Pool } from "pg";

import { Copier, int8, table, text, type CopierOptions } from "../../dist/index.js";

interface Metric {
  url: string;
  latency_ms?: number | null;
}

export async function columnsOfRows(): Promise<void> {
  const copier = await Copier.connect<Metric>("metrics", { columns: ["url", "latency_ms"] });
  await copier.send({ url: "/" });
  // @ts-expect-error latency_m is no key of Metric
  await Copier.connect<Metric>("metrics", { columns: ["url", "latency_m"] });
  // @ts-expect-error columns is an array
  await Copier.connect<Metric>("metrics", { columns: "url" });
  const names = ["url"] as const;
  await Copier.connect<Metric>("metrics", { columns: names });
}

export async function columnsOfRowsOfNoType(names: string[]): Promise<void> {
  const copier = await Copier.connect("metrics", { columns: ["url", "latency_ms"] });
  // The columns do not decide what rows are: any key is taken, and none is required.
  await copier.send({ url: "/" });
  await copier.send({});
  await Copier.connect("metrics", { columns: names });
  // @ts-expect-error columns are names
  await Copier.connect("metrics", { columns: [5] });
}

export const declared: CopierOptions<Metric> = { columns: ["url"] };
// @ts-expect-error latency_m is no key of Metric
export const misspelled: CopierOptions<Metric> = { columns: ["latency_m"] };
/** An application's own: for whatever rows. */
export const anyRows: CopierOptions = { connections: 1, onReject: ({ error }) => void error };
interface AppOptions extends CopierOptions {
  pool: Pool;
}

export async function optionsForAnyRows(options: AppOptions): Promise<void> {
  await Copier.connect<Metric>("metrics", anyRows);
  await Copier.connect("metrics", anyRows);
  await Copier.connect("metrics", options);
  await Copier.connect(table("metrics", { url: text, latency_ms: int8.nullable() }), anyRows);
  await Copier.connect(table("metrics", { url: text }), options);
  await Copier.connect<Metric>("metrics", declared);
  await Copier.connect<Metric>("metrics", { ...options, columns: ["url"] });
}
