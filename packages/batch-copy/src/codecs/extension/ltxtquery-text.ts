import { describeValue } from "../describe-value.js";

/**
 * The limits of `pushquery` in contrib/ltree/ltxtquery_io.c: the length of a word, and the offset
 * of the last word.
 */
const MAX_WORD_BYTES = 255;
const MAX_BYTES = 65_535;

/** Whitespace may precede a word, but only spaces an operator. */
const BEFORE_OPERAND = /[ \t-\r!]*/y;
const BLANKS = / */y;
/** A word and the flags of its comparison. */
const WORD = /([\w\-\u0080-\uffff]+)[%@*]*/y;

/**
 * Checks the grammar of `gettoken_query` in contrib/ltree/ltxtquery_io.c.
 *
 * @throws RangeError for text that is not an ltxtquery.
 */
export function checkLtxtquery(text: string): void {
  let position = 0;
  let depth = 0;
  let bytes = 0;
  while (position <= text.length) {
    position = skip(BEFORE_OPERAND, text, position);
    for (; text[position] === "("; depth++) {
      position = skip(BEFORE_OPERAND, text, position + 1);
    }
    WORD.lastIndex = position;
    bytes = checkWord(text, WORD.exec(text)?.[1], position, bytes);
    position = skip(BLANKS, text, WORD.lastIndex);
    for (; text[position] === ")"; depth--) {
      position = skip(BLANKS, text, position + 1);
    }
    checkOperator(text, position, depth);
    position++;
  }
}

function skip(characters: RegExp, text: string, position: number): number {
  characters.lastIndex = position;
  characters.test(text);
  return characters.lastIndex;
}

/** After a word: an operator, or the end with balanced parentheses. */
function checkOperator(text: string, position: number, depth: number): void {
  const isAtEnd = position === text.length;
  if (depth < 0 || (isAtEnd && depth > 0)) {
    throw syntaxError(text, "unbalanced parentheses", position);
  }
  if (!isAtEnd && text[position] !== "&" && text[position] !== "|") {
    throw syntaxError(text, "an operator & or | is missing", position);
  }
}

/** The size of the words so far, including this one. */
function checkWord(
  text: string,
  word: string | undefined,
  position: number,
  bytesBefore: number,
): number {
  if (word === undefined) {
    throw syntaxError(text, "a word is missing", position);
  }
  const bytes = Buffer.byteLength(word);
  if (bytes > MAX_WORD_BYTES) {
    throw new RangeError(`the word ${describeValue(word)} has more than ${MAX_WORD_BYTES} bytes`);
  }
  if (bytesBefore > MAX_BYTES) {
    throw new RangeError(`the ltxtquery has more than ${MAX_BYTES} bytes of words`);
  }
  return bytesBefore + bytes + 1;
}

function syntaxError(text: string, problem: string, position: number): RangeError {
  const place = `at character ${position + 1}`;
  return new RangeError(`${describeValue(text)} is not a valid ltxtquery: ${problem} ${place}`);
}
