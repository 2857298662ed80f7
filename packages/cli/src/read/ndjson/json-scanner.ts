const TAB = 0x09;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const SPACE = 0x20;
const QUOTE = 0x22;
const PLUS = 0x2b;
const COMMA = 0x2c;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const COLON = 0x3a;
const BACKSLASH = 0x5c;

/** Marks the bytes that end a run of plain text in a string: a quote, a backslash, a control character. */
const ENDS_RUN = new Uint8Array(256);
ENDS_RUN.fill(1, 0, SPACE);
ENDS_RUN[QUOTE] = 1;
ENDS_RUN[BACKSLASH] = 1;

const IS_ESCAPE = marks('"\\/bfnrt');
const IS_HEX = marks("0123456789abcdefABCDEF");

const LITERALS = { t: Buffer.from("true"), f: Buffer.from("false"), n: Buffer.from("null") };

/** PostgreSQL reads some thousands of levels with its default `max_stack_depth`. */
const MOST_LEVELS = 1000;

/** What a method returns for text that is not valid. */
export const INVALID = -1;

/**
 * Finds the end of JSON values (RFC 8259) in the bytes of lines, without making strings or objects. Each
 * line must end with a line feed: it is no part of any value, so that nothing needs to compare a position
 * with the end of the bytes.
 */
export class JsonScanner {
  bytes: Uint8Array = new Uint8Array(0);
  /** Whether the last string had a backslash. */
  hasEscapes = false;
  /** Where the last method found something else than JSON, and what. */
  errorAt = 0;
  error = "";

  /** The position of the first byte at or after `at` that is no whitespace within a line. */
  skipSpace(at: number): number {
    const { bytes } = this;
    let position = at;
    for (let byte = bytes[position]; ; byte = bytes[++position]) {
      if (byte !== SPACE && byte !== TAB && byte !== CARRIAGE_RETURN) {
        return position;
      }
    }
  }

  /**
   * The position after the value that begins at `at`, or {@link INVALID}.
   *
   * @param depth how many values there are around it
   */
  skipValue(at: number, depth: number): number {
    switch (this.bytes[at]) {
      case QUOTE:
        return this.skipString(at);
      case 0x7b:
        return this.#skipObject(at, depth);
      case 0x5b:
        return this.#skipArray(at, depth);
      case 0x74:
        return this.#skipLiteral(at, LITERALS.t);
      case 0x66:
        return this.#skipLiteral(at, LITERALS.f);
      case 0x6e:
        return this.#skipLiteral(at, LITERALS.n);
      default:
        return this.#skipNumber(at);
    }
  }

  /** The position after the string whose opening quote is at `at`, or {@link INVALID}. */
  skipString(at: number): number {
    const { bytes } = this;
    this.hasEscapes = false;
    for (let position = at + 1; ; position++) {
      while (ENDS_RUN[bytes[position]!] === 0) {
        position++;
      }
      const byte = bytes[position]!;
      if (byte === QUOTE) {
        return position + 1;
      }
      if (byte !== BACKSLASH) {
        return this.fail(position, "a control character in a string must be escaped");
      }
      this.hasEscapes = true;
      position++;
      if (bytes[position] === 0x75) {
        for (let digit = 0; digit < 4; digit++) {
          if (IS_HEX[bytes[++position]!] !== 1) {
            return this.fail(position, "\\u needs four hexadecimal digits");
          }
        }
      } else if (IS_ESCAPE[bytes[position]!] !== 1) {
        return this.fail(position, "this character cannot follow a backslash");
      }
    }
  }

  /** Remembers an error, and returns {@link INVALID}. */
  fail(at: number, error: string): number {
    this.errorAt = at;
    this.error = this.bytes[at] === LINE_FEED ? "unexpected end of the line" : error;
    return INVALID;
  }

  #skipObject(at: number, depth: number): number {
    if (depth === MOST_LEVELS) {
      return this.#failDeep(at);
    }
    let position = this.skipSpace(at + 1);
    if (this.bytes[position] === 0x7d) {
      return position + 1;
    }
    for (;;) {
      if (this.bytes[position] !== QUOTE) {
        return this.fail(position, "expected a key in double quotes");
      }
      position = this.skipString(position);
      if (position === INVALID) {
        return INVALID;
      }
      position = this.skipSpace(position);
      if (this.bytes[position] !== COLON) {
        return this.fail(position, 'expected ":"');
      }
      position = this.#skipElement(this.skipSpace(position + 1), depth);
      if (position === INVALID) {
        return INVALID;
      }
      const byte = this.bytes[position];
      if (byte === 0x7d) {
        return position + 1;
      }
      if (byte !== COMMA) {
        return this.fail(position, 'expected "," or "}"');
      }
      position = this.skipSpace(position + 1);
    }
  }

  #skipArray(at: number, depth: number): number {
    if (depth === MOST_LEVELS) {
      return this.#failDeep(at);
    }
    let position = this.skipSpace(at + 1);
    if (this.bytes[position] === 0x5d) {
      return position + 1;
    }
    for (;;) {
      position = this.#skipElement(position, depth);
      if (position === INVALID) {
        return INVALID;
      }
      const byte = this.bytes[position];
      if (byte === 0x5d) {
        return position + 1;
      }
      if (byte !== COMMA) {
        return this.fail(position, 'expected "," or "]"');
      }
      position = this.skipSpace(position + 1);
    }
  }

  /** The position after a value and the whitespace that follows it. */
  #skipElement(at: number, depth: number): number {
    const end = this.skipValue(at, depth + 1);
    return end === INVALID ? INVALID : this.skipSpace(end);
  }

  #skipLiteral(at: number, literal: Uint8Array): number {
    for (let i = 1; i < literal.length; i++) {
      if (this.bytes[at + i] !== literal[i]) {
        return this.fail(at + i, "expected a value");
      }
    }
    return at + literal.length;
  }

  #skipNumber(at: number): number {
    const { bytes } = this;
    let position = bytes[at] === MINUS ? at + 1 : at;
    if (bytes[position] === ZERO) {
      position++;
    } else {
      position = this.#skipDigits(
        position,
        position === at ? "expected a value" : "expected a digit",
      );
    }
    if (position !== INVALID && bytes[position] === POINT) {
      position = this.#skipDigits(position + 1, "expected a digit");
    }
    if (position !== INVALID && (bytes[position]! | 0x20) === 0x65) {
      const sign = bytes[position + 1];
      const hasSign = sign === PLUS || sign === MINUS;
      position = this.#skipDigits(position + (hasSign ? 2 : 1), "expected a digit");
    }
    return position;
  }

  #skipDigits(at: number, error: string): number {
    const { bytes } = this;
    let position = at;
    while (bytes[position]! >= ZERO && bytes[position]! <= NINE) {
      position++;
    }
    return position === at ? this.fail(at, error) : position;
  }

  #failDeep(at: number): number {
    return this.fail(at, `nested more than ${MOST_LEVELS} levels deep`);
  }
}

function marks(characters: string): Uint8Array {
  const table = new Uint8Array(256);
  for (const character of characters) {
    table[character.charCodeAt(0)] = 1;
  }
  return table;
}
