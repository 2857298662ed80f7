import { DELIMITER, QUOTE, TERMINATOR, type ByteClasses } from "./byte-classes.js";

const FIELD_START = 0;
const UNQUOTED = 1;
/** In a quote that opened at the start of the field. */
const QUOTED = 2;
/** In a quote that opened inside the field. */
const INNER_QUOTED = 3;
/** After a quote that closes, or is the first of two. */
const QUOTE_IN_QUOTED = 4;
const QUOTE_IN_INNER = 5;
const ENDED = 6;

const STATES = 6;
const CLASSES = 8;
const NEXT = transitions();

/**
 * Finds where a record ends of which not all bytes are there yet, looking at each byte once. A quote that
 * opened inside a field ends the record at the end of its line: it is a stray one.
 */
export class RecordEnd {
  /** Where the field begins that was reached, from the start of the record. */
  fieldStart = 0;
  readonly #classes: Uint8Array;
  #state = FIELD_START;
  #fed = 0;

  constructor(classes: ByteClasses) {
    this.#classes = classes.of;
  }

  get ended(): boolean {
    return this.#state === ENDED;
  }

  get isQuoted(): boolean {
    return this.#state === QUOTED || this.#state === INNER_QUOTED;
  }

  restart(): void {
    this.#state = FIELD_START;
    this.#fed = 0;
    this.fieldStart = 0;
  }

  /** Looks at the next bytes of the record; returns the position after its last one, or `to`. */
  feed(bytes: Uint8Array, from: number, to: number): number {
    const classes = this.#classes;
    let state = this.#state;
    let at = from;
    while (at < to && state !== ENDED) {
      state = NEXT[state * CLASSES + classes[bytes[at++]!]!]!;
      if (state === FIELD_START) this.fieldStart = this.#fed + at - from;
    }
    this.#state = state;
    this.#fed += at - from;
    return at;
  }
}

function transitions(): Uint8Array {
  const next = new Uint8Array(STATES * CLASSES);
  for (const state of [FIELD_START, UNQUOTED, QUOTE_IN_QUOTED, QUOTE_IN_INNER]) {
    const row = next.subarray(state * CLASSES, (state + 1) * CLASSES).fill(UNQUOTED);
    row[DELIMITER] = FIELD_START;
    row[TERMINATOR] = ENDED;
    row[QUOTE] = INNER_QUOTED;
  }
  next[FIELD_START * CLASSES + QUOTE] = QUOTED;
  next[QUOTE_IN_QUOTED * CLASSES + QUOTE] = QUOTED;
  next.fill(QUOTED, QUOTED * CLASSES, (QUOTED + 1) * CLASSES);
  next[QUOTED * CLASSES + QUOTE] = QUOTE_IN_QUOTED;
  next.fill(INNER_QUOTED, INNER_QUOTED * CLASSES, (INNER_QUOTED + 1) * CLASSES);
  next[INNER_QUOTED * CLASSES + QUOTE] = QUOTE_IN_INNER;
  next[INNER_QUOTED * CLASSES + TERMINATOR] = ENDED;
  return next;
}
