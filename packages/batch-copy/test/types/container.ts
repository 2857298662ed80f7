// Checked by the compiler: each line below @ts-expect-error must not compile.
import {
  arrayOf,
  columnType,
  compositeOf,
  Copier,
  domainOf,
  enumOf,
  int4,
  int8,
  multirangeOf,
  rangeOf,
  table,
  text,
  type RowOf,
} from "../../dist/index.js";

const all = table("containers", {
  tags: arrayOf(text),
  moods: arrayOf(enumOf("mood", ["sad", "ok"])).nullable(),
  mood: enumOf("mood", ["sad", "ok"]),
  days: rangeOf(int4),
  slots: multirangeOf(int8),
  home: compositeOf("place", { street: text, zips: arrayOf(int4) }),
  email: domainOf("email", text),
  own: columnType<{ re: number }>("own", {
    encode({ re }, out) {
      out.float64(re);
    },
    decode: (input) => ({ re: input.float64() }),
  }),
});
type Row = RowOf<typeof all>;

export const row: Row = {
  tags: ["a", null, ["nested"]],
  mood: "sad",
  days: { lower: 1, upper: null },
  slots: [{ lower: 1n, upper: 2 }, "empty"],
  home: { street: "x", zips: null },
  email: "a@b",
  own: { re: 1 },
};
/** What the server prints. */
export const texts: Row = {
  tags: "{a,NULL}",
  mood: "ok",
  days: "[1,5)",
  slots: "{[1,2)}",
  home: '("a b",{1})',
  email: "a@b",
  own: { re: 1 },
};
export const shaped: Row["tags"] = { elements: ["a"], dimensions: [1], lowerBounds: [0] };

// @ts-expect-error elements are strings
export const numbers: Row["tags"] = [1];
// @ts-expect-error not a label
export const glad: Row["mood"] = "glad";
// @ts-expect-error bounds are numbers
export const range: Row["days"] = { lower: "1", upper: null };
// @ts-expect-error a range has both bounds
export const half: Row["days"] = { lower: 1 };
// @ts-expect-error no such attribute
export const home: Row["home"] = { town: "x" };
// @ts-expect-error the registered codec's own value
export const own: Row["own"] = { im: 1 };

export async function byName(): Promise<void> {
  const copier = await Copier.connect<{ url: string }>("app.metrics", { columns: ["url"] });
  await copier.send({ url: "/" });
  // @ts-expect-error the row type says otherwise
  await copier.send({ url: 1 });
  const loose = await Copier.connect("app.metrics");
  await loose.send({ anything: 1 });
}
