const BACKSLASH = 0x5c;

/** The bytes that the letters after a backslash stand for. */
const ESCAPED = new Uint8Array(256);
for (const [letter, text] of ['""', "\\\\", "//", "b\b", "f\f", "n\n", "r\r", "t\t"]) {
  ESCAPED[letter!.charCodeAt(0)] = text!.charCodeAt(0);
}

/** The string has U+0000, which no text of PostgreSQL can have. */
export const HAS_NUL = -1;
/** The string has one half of a surrogate pair, which UTF-8 cannot have. */
export const HAS_LONE_SURROGATE = -2;

/**
 * Writes the text of a JSON string, whose escapes are known to be valid, as UTF-8. It is never longer than
 * the string.
 *
 * @param start after the opening quote
 * @param end at the closing quote
 * @returns the position in `out` after the text, {@link HAS_NUL} or {@link HAS_LONE_SURROGATE}
 */
export function unescape(
  bytes: Uint8Array,
  start: number,
  end: number,
  out: Uint8Array,
  outStart: number,
): number {
  let to = outStart;
  let from = start;
  while (from < end) {
    const byte = bytes[from++]!;
    if (byte !== BACKSLASH) {
      out[to++] = byte;
      continue;
    }
    const letter = bytes[from++]!;
    if (letter !== 0x75) {
      out[to++] = ESCAPED[letter]!;
      continue;
    }
    let code = hex4(bytes, from);
    from += 4;
    if (code === 0) {
      return HAS_NUL;
    }
    if (code >= 0xd800 && code < 0xe000) {
      const isPair = bytes[from] === BACKSLASH && bytes[from + 1] === 0x75;
      const low = isPair ? hex4(bytes, from + 2) : 0;
      if (code >= 0xdc00 || low < 0xdc00 || low >= 0xe000) {
        return HAS_LONE_SURROGATE;
      }
      code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
      from += 6;
    }
    to = writeCodePoint(code, out, to);
  }
  return to;
}

function writeCodePoint(code: number, out: Uint8Array, at: number): number {
  let to = at;
  if (code < 0x80) {
    out[to++] = code;
    return to;
  }
  if (code < 0x800) {
    out[to++] = 0xc0 | (code >> 6);
  } else {
    if (code < 0x10000) {
      out[to++] = 0xe0 | (code >> 12);
    } else {
      out[to++] = 0xf0 | (code >> 18);
      out[to++] = 0x80 | ((code >> 12) & 0x3f);
    }
    out[to++] = 0x80 | ((code >> 6) & 0x3f);
  }
  out[to++] = 0x80 | (code & 0x3f);
  return to;
}

/** The number of four hexadecimal digits. */
function hex4(bytes: Uint8Array, at: number): number {
  let code = 0;
  for (let i = at; i < at + 4; i++) {
    const digit = bytes[i]!;
    code = code * 16 + (digit <= 0x39 ? digit - 0x30 : (digit | 0x20) - 0x57);
  }
  return code;
}
