import type { ColumnType } from "../../dist/codecs/column-type.js";
// Checked by the compiler: each line below @ts-expect-error must not compile.
import { citext } from "../../dist/codecs/extension/citext.js";
import { hstore, type Hstore } from "../../dist/codecs/extension/hstore.js";
import { lquery, ltree, ltxtquery } from "../../dist/codecs/extension/ltree.js";
import { table, type RowOf } from "../../dist/table/table.js";

/** Exactly the same type, optional keys included. */
type Equal<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

function isTrue(value: true): void {
  void value;
}

isTrue({} as Equal<typeof hstore, ColumnType<Hstore>>);
for (const type of [citext, ltree, lquery, ltxtquery]) {
  isTrue({} as Equal<typeof type, ColumnType<string>>);
}

const items = table("items", { tags: hstore, path: ltree, email: citext.nullable() });
type Item = RowOf<typeof items>;
interface ExpectedItem {
  tags: string | Readonly<Record<string, string | null>> | ReadonlyMap<string, string | null>;
  path: string;
  email?: string | null | undefined;
}
isTrue({} as Equal<Item, { [K in keyof ExpectedItem]: ExpectedItem[K] }>);

export const rows: readonly Item[] = [
  { tags: { a: "1", b: null }, path: "Top.Science" },
  { tags: new Map([["a", "1"]]), path: "", email: "A@example.org" },
  { tags: "a=>1", path: "Top" },
  // @ts-expect-error hstore holds strings only
  { tags: { a: 1 }, path: "Top" },
  // @ts-expect-error a value that is missing is null
  { tags: { a: undefined }, path: "Top" },
  // @ts-expect-error keys are strings
  { tags: new Map([[1, "a"]]), path: "Top" },
  // @ts-expect-error a path is text
  { tags: {}, path: ["Top"] },
];
