import { cidr, inet } from "../../dist/codecs/network/inet.js";
import { macaddr, macaddr8 } from "../../dist/codecs/network/macaddr.js";
// Checked by the compiler: each line below @ts-expect-error must not compile.
import { table, type Copier, type RowOf } from "../../dist/index.js";

/** Exactly the same type, optional keys included. */
type Equal<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

function isTrue(value: true): void {
  void value;
}

const hosts = table("hosts", { a: inet, b: cidr, c: macaddr, d: macaddr8.nullable() });
type Host = RowOf<typeof hosts>;
isTrue({} as Equal<Host, { a: string; b: string; c: string; d?: string | null | undefined }>);

export function rows(copier: Copier<Host>): void {
  void copier.send({ a: "::1", b: "10/8", c: "08002b:010203" });
  // @ts-expect-error an address is no number
  void copier.send({ a: 0x7f000001, b: "10/8", c: "08002b:010203" });
  // @ts-expect-error a MAC address is no Buffer
  void copier.send({ a: "::1", b: "10/8", c: Buffer.alloc(6) });
}
