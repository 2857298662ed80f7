import type { ByteReader } from "../../bytes/byte-reader.js";
import type { ByteWriter } from "../../bytes/byte-writer.js";
import { columnType, type ColumnType } from "../column-type.js";
import { describeValue, wrongKind } from "../describe-value.js";
import { address, formatIpv4, formatIpv6, readIpv6, readOctets } from "./ip-address.js";

/** `PGSQL_AF_INET` and `PGSQL_AF_INET6` (src/include/utils/inet.h). */
const IPV4 = 2;
const IPV6 = 3;

/**
 * `inet`: an IPv4 or IPv6 address, with or without a prefix length: `"192.0.2.1"`,
 * `"192.0.2.1/24"`, `"2001:db8::1/64"`, `"::ffff:192.0.2.1"`; octets after the prefix may be
 * omitted: `"10/8"` (`network_in` in src/backend/utils/adt/network.c). Octets are decimal, even
 * with leading zeros. Decodes to the form that PostgreSQL prints.
 */
export const inet: ColumnType<string> = columnType("inet", {
  encode(value, out) {
    if (typeof value !== "string") {
      throw wrongKind("a string", value);
    }
    const end = endOfAddress(value);
    if (value.includes(":")) {
      writeIpv6(value, end, false, out);
      return;
    }
    const octets = readOctets(value, 0, end, 0);
    const bits = end === value.length ? 32 : prefixLength(value, end, 32);
    const missing = end === value.length ? octets < 4 : bits >> 3 > octets;
    if (octets === 0 || bits < 0 || missing) {
      throw notAnAddress(value, "inet");
    }
    address.fill(0, octets, 4);
    writeAddress(IPV4, bits, false, out);
  },
  decode: (input) => readAddress(input, false),
});

/**
 * `cidr`: a network, without bits to the right of its prefix length: `"192.0.2.0/24"`,
 * `"2001:db8::/32"`, or an address for a prefix of all bits. Trailing IPv4 octets may be omitted,
 * with a prefix length (`"10.1/24"`) or without: then it is that of the octets or of the address
 * class, whichever is longer (`"10"` is `10.0.0.0/8`, `"192.168"` is `192.168.0.0/24`:
 * `inet_cidr_pton_ipv4` in src/backend/utils/adt/inet_net_pton.c). Decodes to the form that
 * PostgreSQL prints.
 */
export const cidr: ColumnType<string> = columnType("cidr", {
  encode(value, out) {
    if (typeof value !== "string") {
      throw wrongKind("a string", value);
    }
    const end = endOfAddress(value);
    if (value.includes(":")) {
      writeIpv6(value, end, true, out);
      return;
    }
    const octets = readOctets(value, 0, end, 0);
    const bits = end === value.length ? classLength(octets) : prefixLength(value, end, 32);
    if (octets === 0 || bits < 0) {
      throw notAnAddress(value, "cidr");
    }
    address.fill(0, octets, 4);
    checkHostBits(value, 4, bits);
    writeAddress(IPV4, bits, true, out);
  },
  decode: (input) => readAddress(input, true),
});

function endOfAddress(text: string): number {
  const slash = text.indexOf("/");
  return slash < 0 ? text.length : slash;
}

function writeIpv6(text: string, end: number, isNetwork: boolean, out: ByteWriter): void {
  const bits = end === text.length ? 128 : prefixLength(text, end, 128);
  const zeroPadded = text.charAt(end + 1) === "0" && end + 2 < text.length;
  if (bits < 0 || zeroPadded || !readIpv6(text, end)) {
    throw notAnAddress(text, isNetwork ? "cidr" : "inet");
  }
  if (isNetwork) {
    checkHostBits(text, 16, bits);
  }
  writeAddress(IPV6, bits, isNetwork, out);
}

/** The number after the slash, or -1 if it is not a number or more than `most`. */
function prefixLength(text: string, slash: number, most: number): number {
  let bits = slash + 1 === text.length ? -1 : 0;
  for (let at = slash + 1; at < text.length; at++) {
    const digit = text.charCodeAt(at) - 48;
    bits = bits * 10 + digit;
    if (!(digit >= 0 && digit <= 9) || bits > most) {
      return -1;
    }
  }
  return bits;
}

/** The prefix length of a network that was written without one. */
function classLength(octets: number): number {
  const first = address[0] ?? 0;
  if (first === 224 && octets === 1) {
    return 4;
  }
  const ofClass = first >= 240 ? 32 : first >= 224 ? 8 : first >= 192 ? 24 : first >= 128 ? 16 : 8;
  return Math.max(ofClass, octets * 8);
}

function checkHostBits(text: string, bytes: number, bits: number): void {
  for (let i = bits >> 3; i < bytes; i++) {
    const mask = i === bits >> 3 ? 0xff >> (bits & 7) : 0xff;
    if (((address[i] ?? 0) & mask) !== 0) {
      throw new RangeError(`${describeValue(text)} has bits set to the right of its prefix length`);
    }
  }
}

function writeAddress(family: number, bits: number, isNetwork: boolean, out: ByteWriter): void {
  const bytes = family === IPV4 ? 4 : 16;
  out.int8(family);
  out.int8(bits);
  out.int8(isNetwork ? 1 : 0);
  out.int8(bytes);
  for (let i = 0; i < bytes; i++) {
    out.int8(address[i] ?? 0);
  }
}

function readAddress(input: ByteReader, isNetwork: boolean): string {
  const family = input.int8();
  const bits = input.int8() & 0xff;
  input.int8();
  input.int8();
  const bytes = input.bytes();
  const host = family === IPV4 ? formatIpv4(bytes) : formatIpv6(bytes);
  return isNetwork || bits < bytes.length * 8 ? `${host}/${bits}` : host;
}

function notAnAddress(text: string, type: "inet" | "cidr"): Error {
  const what = type === "inet" ? "IP address" : "IP network";
  return new RangeError(`${describeValue(text)} is not a valid ${what}`);
}
