import fc from "fast-check";

import { cidr, inet } from "../../../../dist/codecs/network/inet.js";
import { macaddr, macaddr8 } from "../../../../dist/codecs/network/macaddr.js";
import type { TypeSamples } from "../../type-sample.js";

const octet = fc.oneof(fc.nat(255).map(String), fc.constantFrom("0", "00", "010", "255", "007"));
const ipv4 = fc.array(octet, { minLength: 4, maxLength: 4 }).map((octets) => octets.join("."));

/** Groups with many zeros, so that the longest run of them moves about. */
const group = fc.oneof(fc.constant(0), fc.constant(0), fc.constantFrom(1, 0xffff), fc.nat(0xffff));
const ipv6 = fc
  .record({
    groups: fc.array(group, { minLength: 8, maxLength: 8 }),
    gap: fc.option(fc.tuple(fc.nat(7), fc.integer({ min: 1, max: 8 }))),
    width: fc.constantFrom(0, 4),
    isUpper: fc.boolean(),
    hasIpv4: fc.boolean(),
  })
  .map(({ groups, gap, width, isUpper, hasIpv4 }) => {
    const parts = groups.map((value) => value.toString(16).padStart(width, "0"));
    const [from, length] = gap ?? [8, 0];
    const head = parts.slice(0, from);
    const tail = parts.slice(from + length);
    if (hasIpv4 && tail.length >= 2) {
      const [high = 0, low = 0] = groups.slice(6);
      tail.splice(-2, 2, [high >> 8, high & 255, low >> 8, low & 255].join("."));
    }
    const text = gap === null ? head.join(":") : `${head.join(":")}::${tail.join(":")}`;
    return isUpper ? text.toUpperCase() : text;
  });

const addresses = fc.oneof(
  ipv4,
  fc.tuple(ipv4, fc.nat(32)).map(([host, bits]) => `${host}/${bits}`),
  fc
    .tuple(fc.array(octet, { minLength: 1, maxLength: 4 }), fc.nat(7))
    .map(([octets, bits]) => `${octets.join(".")}/${Math.min(32, octets.length * 8 - 1 + bits)}`)
    .filter((text) => Number(text.split("/")[1]) >> 3 <= text.split(".").length),
  ipv6,
  fc.tuple(ipv6, fc.nat(128)).map(([host, bits]) => `${host}/${bits}`),
);

function networkText(bytes: readonly number[], bits: number): string {
  const kept = bytes.map((byte, i) => {
    const zeros = Math.min(8, Math.max(0, (i + 1) * 8 - bits));
    return (byte >> zeros) << zeros;
  });
  if (kept.length === 4) {
    return `${kept.join(".")}/${bits}`;
  }
  return `${Buffer.from(kept)
    .toString("hex")
    .replace(/.{4}(?=.)/g, "$&:")}/${bits}`;
}

const byte = fc.oneof(fc.constant(0), fc.nat(255));
const networks = fc.oneof(
  fc
    .tuple(fc.array(byte, { minLength: 4, maxLength: 4 }), fc.nat(32))
    .map(([bytes, bits]) => networkText(bytes, bits)),
  fc
    .tuple(fc.array(byte, { minLength: 16, maxLength: 16 }), fc.nat(128))
    .map(([bytes, bits]) => networkText(bytes, bits)),
  fc.array(octet, { minLength: 1, maxLength: 4 }).map((octets) => octets.join(".")),
  fc.array(octet, { minLength: 1, maxLength: 3 }).map((octets) => `${octets.join(".")}/24`),
  ipv6,
);

const pair = fc.tuple(fc.nat(255), fc.boolean()).map(([value, isUpper]) => {
  const hex = value.toString(16).padStart(2, "0");
  return isUpper ? hex.toUpperCase() : hex;
});
const six = fc.array(pair, { minLength: 6, maxLength: 6 });
const macs = fc.oneof(
  fc
    .tuple(six, fc.constantFrom(":", "-"), fc.boolean())
    .map(([pairs, separator, isShort]) =>
      pairs.map((text) => (isShort ? text.replace(/^0/, "") : text)).join(separator),
    ),
  fc
    .tuple(six, fc.constantFrom(":", "-", ""))
    .map(([[a, b, c, d, e, f], separator]) => `${a}${b}${c}${separator}${d}${e}${f}`),
  fc
    .tuple(six, fc.constantFrom(".", "-"))
    .map(([[a, b, c, d, e, f], separator]) => [`${a}${b}`, `${c}${d}`, `${e}${f}`].join(separator)),
);
const macs8 = fc
  .record({
    pairs: fc.oneof(six, fc.array(pair, { minLength: 8, maxLength: 8 })),
    separator: fc.constantFrom(":", "-", ".", ""),
    mask: fc.oneof(fc.constant(255), fc.nat(255)),
  })
  .map(({ pairs, separator, mask }) =>
    pairs.map((text, i) => (i === 0 || ((mask >> i) & 1) === 0 ? text : separator + text)).join(""),
  );

const same = (text: string): [string, string] => [text, text];
const long = "1".repeat(1_000_000);

export const networkSamples: readonly TypeSamples[] = [
  {
    type: inet,
    accepted: [
      ["192.0.2.1", "192.0.2.1"],
      ["192.0.2.1/24", "192.0.2.1/24"],
      ["192.0.2.1/32", "192.0.2.1", "192.0.2.1"],
      ["0.0.0.0/0", "0.0.0.0/0"],
      ["255.255.255.255", "255.255.255.255"],
      ["010.001.000.09", "010.001.000.09", "10.1.0.9"],
      ["10/8", "10/8", "10.0.0.0/8"],
      ["10.1/15", "10.1/15", "10.1.0.0/15"],
      ["::", "::"],
      ["::1", "::1"],
      ["::/0", "::/0"],
      ["1::", "1::"],
      ["2001:DB8:0:0:1:0:0:1/64", "2001:db8::1:0:0:1/64", "2001:db8::1:0:0:1/64"],
      ["2001:db8::1/128", "2001:db8::1", "2001:db8::1"],
      ["1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0", "1:2:3:4:5:6:7:0"],
      ["1:0:3:4:5:6:7:8", "1:0:3:4:5:6:7:8"],
      ["::ffff:192.0.2.1", "::ffff:192.0.2.1"],
      ["::ffff:c000:201/96", "::ffff:192.0.2.1/96", "::ffff:192.0.2.1/96"],
      ["::192.0.2.1", "::192.0.2.1"],
      ["::2:1", "::0.2.0.1", "::0.2.0.1"],
      ["64:ff9b::192.0.2.33", "64:ff9b::c000:221", "64:ff9b::c000:221"],
      ["ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
    ],
    refused: [
      ["", /is not a valid IP address/],
      ["192.0.2", /is not a valid IP address/],
      ["192.0.2.256", /is not a valid IP address/],
      ["192.0.2.1.", /is not a valid IP address/],
      ["192.0.2.1.1", /is not a valid IP address/],
      ["192..2.1", /is not a valid IP address/],
      ["192.0.2.1/", /is not a valid IP address/],
      ["192.0.2.1/33", /is not a valid IP address/],
      ["192.0.2.1/-1", /is not a valid IP address/],
      ["192.0.2.1/24/24", /is not a valid IP address/],
      ["192.0.2.1/255.255.255.0", /is not a valid IP address/],
      [" 192.0.2.1", /is not a valid IP address/],
      ["10/24", /is not a valid IP address/],
      ["/8", /is not a valid IP address/],
      ["localhost", /is not a valid IP address/],
      [":", /is not a valid IP address/],
      [":1", /is not a valid IP address/],
      ["1:", /is not a valid IP address/],
      ["::1:", /is not a valid IP address/],
      [":::", /is not a valid IP address/],
      ["1::2::3", /is not a valid IP address/],
      ["1:2:3:4:5:6:7", /is not a valid IP address/],
      ["1:2:3:4:5:6:7:8:9", /is not a valid IP address/],
      ["1:2:3:4:5:6:7:8::", /is not a valid IP address/],
      ["::1:2:3:4:5:6:7:8", /is not a valid IP address/],
      ["1:2:3:4:5:6:7:1.2.3.4", /is not a valid IP address/],
      ["::12345", /is not a valid IP address/],
      ["::g", /is not a valid IP address/],
      ["::1.2.3", /is not a valid IP address/],
      ["::01.2.3.4", /is not a valid IP address/],
      ["::1.2.3.4:5", /is not a valid IP address/],
      ["::1/129", /is not a valid IP address/],
      ["::1/064", /is not a valid IP address/],
      ["fe80::1%eth0", /is not a valid IP address/],
      ["[::1]", /is not a valid IP address/],
      [long, /is not a valid IP address/],
      [`::${long}`, /is not a valid IP address/],
      [`::/${long}`, /is not a valid IP address/],
      [0x7f000001, /expected a string, got 2130706433/],
    ],
    generated: addresses.map(same),
  },
  {
    type: cidr,
    accepted: [
      ["192.0.2.0/24", "192.0.2.0/24"],
      ["192.0.2.1", "192.0.2.1/32", "192.0.2.1/32"],
      ["0.0.0.0/0", "0.0.0.0/0"],
      ["10", "10", "10.0.0.0/8"],
      ["128.1", "128.1", "128.1.0.0/16"],
      ["192.168", "192.168", "192.168.0.0/24"],
      ["10.1.2", "10.1.2", "10.1.2.0/24"],
      ["224", "224", "224.0.0.0/4"],
      ["225", "225", "225.0.0.0/8"],
      ["240", "240", "240.0.0.0/32"],
      ["10/24", "10/24", "10.0.0.0/24"],
      ["2001:db8::/32", "2001:db8::/32"],
      ["2001:db8::1", "2001:db8::1/128", "2001:db8::1/128"],
      ["::ffff:1.2.3.0/120", "::ffff:1.2.3.0/120"],
      ["::/0", "::/0"],
    ],
    refused: [
      ["192.0.2.1/24", /"192.0.2.1\/24" has bits set to the right/],
      ["192.0.2.1/31", /bits set to the right/],
      ["128.0.0.0/0", /bits set to the right/],
      ["2001:db8::1/127", /bits set to the right/],
      ["", /is not a valid IP network/],
      ["10.", /is not a valid IP network/],
      ["10/33", /is not a valid IP network/],
      ["0x0a", /is not a valid IP network/],
      ["::1/129", /is not a valid IP network/],
      [["10.0.0.0", 8], /expected a string, got an array/],
    ],
    generated: networks.map(same),
  },
  {
    type: macaddr,
    accepted: [
      ["08:00:2b:01:02:03", "08:00:2b:01:02:03"],
      ["08-00-2B-01-02-03", "08-00-2b-01-02-03", "08:00:2b:01:02:03"],
      ["8:0:2b:1:2:3", "8:0:2b:1:2:3", "08:00:2b:01:02:03"],
      ["8-0-2b-1-2-3", "8-0-2b-1-2-3", "08:00:2b:01:02:03"],
      ["08002b:010203", "08002b:010203", "08:00:2b:01:02:03"],
      ["08002b-010203", "08002b-010203", "08:00:2b:01:02:03"],
      ["0800.2b01.0203", "0800.2b01.0203", "08:00:2b:01:02:03"],
      ["0800-2b01-0203", "0800-2b01-0203", "08:00:2b:01:02:03"],
      ["08002b010203", "08002b010203", "08:00:2b:01:02:03"],
      ["ff:ff:ff:ff:ff:ff", "ff:ff:ff:ff:ff:ff"],
    ],
    refused: [
      ["", /is not a valid MAC address of six bytes/],
      ["08:00:2b:01:02", /is not a valid MAC address/],
      ["08:00:2b:01:02:03:", /is not a valid MAC address/],
      ["08:00:2b:01:02:03:04:05", /is not a valid MAC address/],
      ["08:00:2b-01:02:03", /is not a valid MAC address/],
      ["08.00.2b.01.02.03", /is not a valid MAC address/],
      ["0800:2b01:0203", /is not a valid MAC address/],
      ["08002b.010203", /is not a valid MAC address/],
      ["8002b:010203", /is not a valid MAC address/],
      ["08:00:2b:01:02:0g", /is not a valid MAC address/],
      [" 08:00:2b:01:02:03", /is not a valid MAC address/],
      [long, /is not a valid MAC address/],
      [Buffer.alloc(6), /expected a string, got an instance of Buffer/],
    ],
    generated: macs.map(same),
  },
  {
    type: macaddr8,
    accepted: [
      ["08:00:2b:01:02:03:04:05", "08:00:2b:01:02:03:04:05"],
      ["08-00-2B-01-02-03-04-05", "08-00-2b-01-02-03-04-05", "08:00:2b:01:02:03:04:05"],
      ["08002b:0102030405", "08002b:0102030405", "08:00:2b:01:02:03:04:05"],
      ["0800.2b01.0203.0405", "0800.2b01.0203.0405", "08:00:2b:01:02:03:04:05"],
      ["08002b0102030405", "08002b0102030405", "08:00:2b:01:02:03:04:05"],
      ["08:00:2b:01:02:03", "08:00:2b:01:02:03", "08:00:2b:ff:fe:01:02:03"],
      ["08002b010203", "08002b010203", "08:00:2b:ff:fe:01:02:03"],
    ],
    refused: [
      ["", /is not a valid MAC address of six or eight bytes/],
      ["08:00:2b:01:02:03:04", /is not a valid MAC address/],
      ["08:00:2b:01:02:03:04:05:06", /is not a valid MAC address/],
      ["08:00:2b:01:02:03:04:05:", /is not a valid MAC address/],
      ["08:00:2b:01-02:03:04:05", /is not a valid MAC address/],
      ["8:0:2b:1:2:3:4:5", /is not a valid MAC address/],
      ["08::00:2b:01:02:03", /is not a valid MAC address/],
      [8n, /expected a string, got 8n/],
    ],
    generated: macs8.map(same),
  },
];
