import fc, { type Arbitrary } from "fast-check";

/** What PostgreSQL skips around a value. */
const spaces: Arbitrary<string> = fc.string({
  unit: fc.constantFrom(" ", "\t", "\n", "\v", "\f", "\r"),
  maxLength: 2,
});

/** The texts, with space at their ends. */
export function spaced(texts: Arbitrary<string>): Arbitrary<string> {
  return fc.tuple(spaces, texts, spaces).map((parts) => parts.join(""));
}

/** Integers as text: with a sign or without, zeros in front, space around. */
export function integerTexts(integers: Arbitrary<number | bigint>): Arbitrary<string> {
  const written = fc
    .tuple(integers, fc.constantFrom("", "+"), fc.constantFrom("", "0", "0000000000"))
    .map(([value, plus, zeros]) => {
      const digits = zeros + String(value).replace("-", "");
      return (value < 0 ? "-" : plus) + digits;
    });
  return spaced(written);
}

/** The texts of arrays of one to three dimensions, some of which begin elsewhere than at 1. */
export function arrayTexts(elements: Arbitrary<string | null>, delimiter = ","): Arbitrary<string> {
  const shapes = fc.tuple(
    fc.array(fc.integer({ min: 1, max: 2 }), { minLength: 1, maxLength: 3 }),
    fc.option(fc.integer({ min: -5, max: 5 })),
  );
  return shapes.chain(([sizes, start]) => {
    const bounds = sizes.map((size) => `[${start}:${start! + size - 1}]`).join("");
    const lists = listTexts(sizes, spaced(elementTexts(elements)), delimiter);
    return fc.oneof(
      fc.constant("{}"),
      spaced(start === null ? lists : lists.map((list) => `${bounds}=${list}`)),
    );
  });
}

function listTexts(
  [size = 0, ...inner]: readonly number[],
  elements: Arbitrary<string>,
  delimiter: string,
): Arbitrary<string> {
  const items = inner.length === 0 ? elements : listTexts(inner, elements, delimiter);
  return fc
    .array(items, { minLength: size, maxLength: size })
    .map((list) => `{${list.join(delimiter)}}`);
}

/** In quotes or with backslashes. */
function elementTexts(elements: Arbitrary<string | null>): Arbitrary<string> {
  return fc.tuple(elements, fc.boolean()).map(([element, isQuoted]) => {
    if (element === null) {
      return isQuoted ? "NULL" : "null";
    }
    return isQuoted || element === ""
      ? `"${element.replace(/["\\]/g, "\\$&")}"`
      : element.replace(/^[^]|[\s"\\{},;]/gu, "\\$&");
  });
}

/** The texts of composite values of so many attributes. */
export function compositeTexts(...attributes: Arbitrary<string | null>[]): Arbitrary<string> {
  return fc
    .tuple(...attributes.map(partTexts))
    .map((parts) => `(${parts.join()})`)
    .chain((text) => spaced(fc.constant(text)));
}

/** The texts of ranges: of any bounds, so some are not in order. */
export function rangeTexts(
  lower: Arbitrary<string | null>,
  upper: Arbitrary<string | null>,
): Arbitrary<string> {
  const parts = fc.tuple(
    fc.constantFrom("[", "("),
    partTexts(lower),
    fc.constant(","),
    partTexts(upper),
    fc.constantFrom("]", ")"),
  );
  return spaced(
    fc.oneof(
      fc.constantFrom("empty", "Empty"),
      parts.map((list) => list.join("")),
    ),
  );
}

/** Bare where nothing forbids it, in quotes, which are doubled in it, or with backslashes. */
function partTexts(parts: Arbitrary<string | null>): Arbitrary<string> {
  return fc.tuple(parts, fc.nat(2)).map(([part, style]) => {
    if (part === null) {
      return "";
    }
    if (style === 0 && /^[^"\\,()[\]]+$/.test(part)) {
      return part;
    }
    return style === 1 && part !== ""
      ? part.replace(/["\\,()[\]]/g, "\\$&")
      : `"${part.replace(/["\\]/g, "$&$&")}"`;
  });
}

/** The texts of multiranges. */
export function multirangeTexts(ranges: Arbitrary<string>): Arbitrary<string> {
  return spaced(fc.array(ranges, { maxLength: 4 }).map((list) => `{${list.join()}}`));
}
