// Checked by the compiler: each line below @ts-expect-error must not compile.
import type { ColumnType } from "../../dist/codecs/column-type.js";
import { tsquery } from "../../dist/codecs/search/tsquery.js";
import {
  tsvector,
  type Tsvector,
  type TsvectorPosition,
} from "../../dist/codecs/search/tsvector.js";
import { table, type RowOf } from "../../dist/table/table.js";

/** Exactly the same type, optional keys included. */
type Equal<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

function isTrue(value: true): void {
  void value;
}

isTrue({} as Equal<typeof tsvector, ColumnType<Tsvector>>);
isTrue({} as Equal<typeof tsquery, ColumnType<string>>);

const pages = table("pages", { words: tsvector, query: tsquery.nullable() });
type Page = RowOf<typeof pages>;
interface ExpectedPage {
  words: string | Readonly<Record<string, readonly TsvectorPosition[]>>;
  query?: string | null | undefined;
}
isTrue({} as Equal<Page, { [K in keyof ExpectedPage]: ExpectedPage[K] }>);

export const rows: readonly Page[] = [
  { words: "fat:2,4A cat", query: "fat & cat" },
  { words: { fat: [2, "4A"], cat: [] }, query: null },
  // @ts-expect-error a weight is one of A to D
  { words: { fat: ["4E"] } },
  // @ts-expect-error positions stand in an array
  { words: { fat: 2 } },
  // @ts-expect-error a list of words has no positions
  { words: ["fat"] },
  // @ts-expect-error a query is text
  { words: "", query: ["fat"] },
];
