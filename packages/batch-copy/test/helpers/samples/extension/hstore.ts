import fc from "fast-check";

import { hstore } from "../../../../dist/codecs/extension/hstore.js";
import { nonRecords } from "../../non-records.js";
import type { TypeSamples } from "../../type-sample.js";

const longText = 'x\\"é'.repeat(100_000);

/** Characters that the text form's grammar cares about, and keys that JavaScript sorts. */
const strings = fc.oneof(
  fc.string({
    unit: fc.constantFrom("a", "é", "🙂", '"', "\\", "=", ">", ",", " ", "\n", "'", "1", "N"),
    maxLength: 6,
  }),
  fc.constantFrom("NULL", "null", "1", "02", "10", "__proto__", "toString", ""),
  fc.string({ unit: "binary", maxLength: 6 }).map((text) => text.replaceAll("\0", "")),
);
const contents = fc.option(strings, { freq: 4 });
const entries = fc.uniqueArray(fc.tuple(strings, contents), {
  selector: ([key]) => key,
  maxLength: 8,
});

function quote(text: string): string {
  return `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}

function literalOf(pairs: readonly (readonly [string, string | null])[]): string {
  return pairs
    .map(([key, content]) => `${quote(key)}=>${content === null ? "NULL" : quote(content)}`)
    .join(", ");
}

/** Quoted, or bare with a backslash before all that means something. */
const written = fc.tuple(strings, fc.boolean()).map(([text, isBare]) => {
  return isBare && text !== "" ? text.replaceAll(/["\\=>,\s]/g, String.raw`\$&`) : quote(text);
});
const spaces = fc.constantFrom("", " ", "\t\n");
const texts = fc
  .uniqueArray(fc.tuple(written, spaces, fc.oneof(written, fc.constantFrom("NULL", "nUlL"))), {
    selector: ([key]) => key.replaceAll(/\\(.)|^"|"$/gs, "$1"),
    maxLength: 6,
  })
  .map((pairs) => {
    return pairs.map(([key, space, value]) => `${key}${space}=>${space}${value}`).join(", ");
  })
  .map((text) => [text, text] as const);

export const hstoreSamples: readonly TypeSamples[] = [
  {
    type: hstore,
    extension: "hstore",
    accepted: [
      [{}, ""],
      [{ a: "1", b: null }, '"a"=>"1", "b"=>NULL'],
      [{ b: "x", 10: "y", 9: "" }, 'b=>x, 10=>y, 9=>""'],
      [{ "": 'a"b\\c', é: "🙂", z: "NULL" }, '""=>"a\\"b\\\\c", "é"=>"🙂", z=>"NULL"'],
      [JSON.parse('{"__proto__": "x", "a": null}'), '"__proto__"=>x, a=>NULL'],
      [
        new Map([
          ["k", null],
          ["a", "1"],
        ]),
        "k=>NULL, a=>1",
        { a: "1", k: null },
      ],
      [Object.create(null), "", {}],
      [{ long: longText }, `long=>${quote(longText)}`],
      ['"a"=>"1", "b"=>NULL', '"a"=>"1", "b"=>NULL', { a: "1", b: null }],
      [" a=>b ,c => nUlL,", " a=>b ,c => nUlL,", { a: "b", c: null }],
      ['a=>b=c, d=>"NULL"', 'a=>b=c, d=>"NULL"', { a: "b=c", d: "NULL" }],
      ["a\\ b=>c\\,d", "a\\ b=>c\\,d", { "a b": "c,d" }],
      ['a"b=>c"d', 'a"b=>c"d', { 'a"b': 'c"d' }],
      ["", "", {}],
    ],
    refused: [
      ["a", /"=>" is missing at character 2/],
      ["a=>", /a key or a value is missing/],
      ["=>a", /a key or a value is missing/],
      ["a=b", /"=>" is missing/],
      ["a= >b", /"=>" is missing/],
      ["a=>b c=>d", /a comma is missing/],
      ['"a', /a closing quote is missing/],
      ["a=>b\\", /a key or a value is missing/],
      ["a=>1, b=>2, a=>1", /the key "a" occurs more than once/],
      ["a=>,b=>1", /a key or a value is missing/],
      [`"${"a".repeat(1_000_000)}`, /a closing quote is missing/],
      [{ a: 1 }, /expected a string or null for the key "a", got 1/],
      [{ a: undefined }, /expected a string or null for the key/],
      [{ a: "\0" }, /U\+0000/],
      [{ "\ud800": "" }, /lone surrogate/],
      [new Map([[1, "a"]]), /expected a string as a key of the Map, got 1/],
      [[["a", "b"]], /expected an object or a Map/],
      ...Object.entries(nonRecords)
        .filter(([name]) => !name.endsWith("map") || name.startsWith("weak"))
        .map(([, value]) => [value, /expected an object or a Map of strings and nulls/] as const),
      [new Date(0), /expected an object or a Map of strings and nulls/],
      [1, /expected an object or a Map/],
      ["a=>\vb", /a vertical tab must be quoted at character 4/],
    ],
    generated: fc.oneof(
      entries.map((pairs) => [new Map(pairs), literalOf(pairs)] as const),
      entries.map((pairs) => [Object.fromEntries(pairs), literalOf(pairs)] as const),
      texts,
    ),
  },
];
