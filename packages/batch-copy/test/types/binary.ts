import { bit, varbit } from "../../dist/codecs/binary/bit.js";
// Checked by the compiler: each line below @ts-expect-error must not compile.
import { table, type Copier, type RowOf } from "../../dist/index.js";

/** Exactly the same type, optional keys included. */
type Equal<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

function isTrue(value: true): void {
  void value;
}

const flags = table("flags", { a: bit(8), b: bit(), c: varbit(8), d: varbit().nullable() });
type Flags = RowOf<typeof flags>;
isTrue({} as Equal<Flags, { a: string; b: string; c: string; d?: string | null | undefined }>);

// @ts-expect-error a length is a number
bit("8");

export function rows(copier: Copier<Flags>): void {
  void copier.send({ a: "10101010", b: "1", c: "" });
  // @ts-expect-error a bit string is no number
  void copier.send({ a: 170, b: "1", c: "" });
}
