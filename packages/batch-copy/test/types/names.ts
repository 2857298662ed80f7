// Checked by the compiler: each line below @ts-expect-error must not compile.
import {
  Copier,
  int4,
  table,
  text,
  type ColumnNames,
  type CopierOptions,
  type RowOf,
} from "../../dist/index.js";

/** Exactly the same type, optional keys included. */
type Equal<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

function isTrue(value: true): void {
  void value;
}

const columns = { statusCode: int4, userAgent: text };
const ruled = table("logs", columns, { names: "snake_case" });
isTrue({} as Equal<RowOf<typeof ruled>, { statusCode: number; userAgent: string }>);
table("logs", columns, { names: { statusCode: "status" } });
table("logs", columns, { names: (key) => key.toUpperCase(), schema: "app" });
// @ts-expect-error status is no key of the columns
table("logs", columns, { names: { status: "status" } });
// @ts-expect-error there is no such rule
table("logs", columns, { names: "camel_case" });
// @ts-expect-error names are strings
table("logs", columns, { names: () => 5 });

interface Log {
  statusCode: number;
  userAgent?: string;
}

export async function namesOfRows(): Promise<void> {
  await Copier.connect<Log>("logs", { names: "snake_case" });
  await Copier.connect<Log>("logs", { names: { statusCode: "status" } });
  await Copier.connect<Log>("logs", { names: (key) => key, columns: ["statusCode"] });
  await Copier.connect("logs", { names: { anything: "status" } });
  // @ts-expect-error status is no key of Log
  await Copier.connect<Log>("logs", { names: { status: "status" } });
  // @ts-expect-error columns are keys
  await Copier.connect<Log>("logs", { names: "snake_case", columns: ["status_code"] });
}

const rule: ColumnNames = "snake_case";
/** An application's own: for whatever rows. */
export const anyRows: CopierOptions = { names: rule };
export const listed: CopierOptions = { names: { statusCode: "status" } };
// @ts-expect-error there is no such rule
export const wrongRule: CopierOptions = { names: "camel_case" };

export async function namesForAnyRows(): Promise<void> {
  await Copier.connect<Log>("logs", anyRows);
  await Copier.connect<Log>("logs", listed);
  await Copier.connect(table("logs", columns), listed);
  await Copier.connect<Log>("logs", { ...anyRows, columns: ["statusCode"] });
}
