import { jsonpath } from "../../dist/codecs/json/jsonpath.js";
import { bpchar, char, charInternal } from "../../dist/codecs/text/char.js";
import { name, refcursor } from "../../dist/codecs/text/name.js";
import { xml } from "../../dist/codecs/text/xml.js";
// Checked by the compiler: each line below @ts-expect-error must not compile.
import { table, type Copier, type RowOf } from "../../dist/index.js";

/** Exactly the same type, optional keys included. */
type Equal<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

function isTrue(value: true): void {
  void value;
}

const texts = table("texts", {
  a: char(2),
  b: bpchar,
  c: charInternal,
  d: name,
  e: refcursor,
  f: xml,
  g: jsonpath.nullable(),
});
interface Texts {
  a: string;
  b: string;
  c: string;
  d: string;
  e: string;
  f: string;
  g?: string | null | undefined;
}
isTrue({} as Equal<RowOf<typeof texts>, { [K in keyof Texts]: Texts[K] }>);

// @ts-expect-error char has a length, bpchar has none
char();

const codes = table("codes", { a: char(2), b: charInternal });

export function rows(copier: Copier<RowOf<typeof codes>>): void {
  void copier.send({ a: "de", b: "x" });
  // @ts-expect-error a byte is given as a string
  void copier.send({ a: "de", b: 120 });
}
