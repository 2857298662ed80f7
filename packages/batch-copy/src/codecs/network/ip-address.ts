import { hexDigit } from "../text-form/hex-digit.js";

/** The address that was read last. Shared, to avoid garbage. */
export const address: Uint8Array = new Uint8Array(16);

const COLON = 58;
const DOT = 46;
const ZERO = 48;

/**
 * Reads decimal IPv4 octets from a part of `text` into {@link address}, starting at byte `first`.
 * Leading zeros do not make them octal, as for `inet_net_pton_ipv4`
 * (src/backend/utils/adt/inet_net_pton.c).
 *
 * @returns the number of octets, 1 to 4, or 0 for any other text
 */
export function readOctets(text: string, start: number, end: number, first: number): number {
  let count = 0;
  let octet = -1;
  for (let at = start; at <= end; at++) {
    const unit = at === end ? DOT : text.charCodeAt(at);
    const digit = unit - ZERO;
    if (digit >= 0 && digit <= 9) {
      octet = octet < 0 ? digit : octet * 10 + digit;
    } else if (unit === DOT && octet >= 0 && count < 4) {
      address[first + count++] = octet;
      octet = -1;
    } else {
      return 0;
    }
    if (octet > 255) {
      return 0;
    }
  }
  return count;
}

/** Reads an IPv6 address, `text` up to `end`, into {@link address}, or returns false. */
export function readIpv6(text: string, end: number): boolean {
  let filled = 0;
  let gap = -1;
  let at = 0;
  if (text.startsWith("::")) {
    gap = 0;
    at = 2;
  }
  while (at < end) {
    const groupEnd = endOfGroup(text, at, end);
    if (groupEnd < end && text.charCodeAt(groupEnd) === DOT) {
      filled = readEmbeddedIpv4(text, at, end, filled);
      at = end;
    } else {
      filled = readGroup(text, at, groupEnd, filled);
      at = groupEnd;
    }
    if (filled < 0 || at === end) {
      break;
    }
    const colons = countColons(text, at);
    if (colons === 0 || (colons === 1 ? at + 1 === end : gap >= 0)) {
      return false;
    }
    gap = colons === 2 ? filled : gap;
    at += colons;
  }
  return gap < 0 ? filled === 16 : spread(gap, filled);
}

/** One colon precedes the next group, two are the gap. */
function countColons(text: string, at: number): 0 | 1 | 2 {
  if (text.charCodeAt(at) !== COLON) {
    return 0;
  }
  return text.charCodeAt(at + 1) === COLON ? 2 : 1;
}

function endOfGroup(text: string, start: number, end: number): number {
  let at = start;
  while (at < end && at < start + 5 && hexDigit(text, at) >= 0) {
    at++;
  }
  return at;
}

/**
 * Reads one to four hexadecimal digits to byte `first`, and returns the position of the next group,
 * or -1.
 */
function readGroup(text: string, start: number, end: number, first: number): number {
  const digits = end - start;
  if (digits < 1 || digits > 4 || first > 14) {
    return -1;
  }
  let group = 0;
  for (let at = start; at < end; at++) {
    group = (group << 4) | hexDigit(text, at);
  }
  address[first] = group >> 8;
  address[first + 1] = group;
  return first + 2;
}

/** Reads four octets at the end of an IPv6 address, where the server accepts no leading zeros. */
function readEmbeddedIpv4(text: string, start: number, end: number, first: number): number {
  for (let at = start; at < end - 1; at++) {
    const begins = at === start || text.charCodeAt(at - 1) === DOT;
    if (begins && text.charCodeAt(at) === ZERO && text.charCodeAt(at + 1) !== DOT) {
      return -1;
    }
  }
  return first <= 12 && readOctets(text, start, end, first) === 4 ? first + 4 : -1;
}

/** Moves the groups after the gap to the end; the gap has at least one group of zeros. */
function spread(gap: number, filled: number): boolean {
  if (filled < 0 || filled > 14) {
    return false;
  }
  const moved = 16 - (filled - gap);
  address.copyWithin(moved, gap, filled);
  address.fill(0, gap, moved);
  return true;
}

/** `192.0.2.1`, from four bytes. */
export function formatIpv4(bytes: Uint8Array): string {
  return bytes.join(".");
}

/** The form that PostgreSQL prints (src/port/inet_net_ntop.c), from 16 bytes. */
export function formatIpv6(bytes: Uint8Array): string {
  const groups: number[] = [];
  for (let at = 0; at < 16; at += 2) {
    groups.push(((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0));
  }
  const [from, length] = longestZeros(groups);
  const holdsIpv4 = from === 0 && (length === 6 || (length === 5 && groups[5] === 0xffff));
  const parts = groups.map((group) => group.toString(16));
  if (holdsIpv4) {
    parts.splice(6, 2, formatIpv4(bytes.subarray(12)));
  }
  if (length < 2) {
    return parts.join(":");
  }
  return `${parts.slice(0, from).join(":")}::${parts.slice(from + length).join(":")}`;
}

/** The start and the length of the first of the longest runs of zeros. */
function longestZeros(groups: readonly number[]): [from: number, length: number] {
  let from = 0;
  let longest = 0;
  let length = 0;
  for (const [i, group] of groups.entries()) {
    length = group === 0 ? length + 1 : 0;
    if (length > longest) {
      longest = length;
      from = i + 1 - length;
    }
  }
  return [from, longest];
}
