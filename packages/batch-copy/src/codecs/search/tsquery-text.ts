import { quoteWord, WordReader } from "./word-reader.js";

/** A word to search for; `weights` has a bit for each of D, C, B and A, and is 0 for any. */
interface Operand {
  readonly word: string;
  readonly weights: number;
  readonly isPrefix: boolean;
}

interface Operator {
  readonly operator: number;
  /** The distance between the words of a phrase; 0 for other operators. */
  readonly distance: number;
}

export type QueryItem = Operand | Operator;

/** The operators by their numbers in src/include/tsearch/ts_type.h. */
const NOT = 1;
const AND = 2;
const OR = 3;
export const PHRASE = 4;

/** The priorities of the operators (`tsearch_op_priority` in src/backend/utils/adt/tsquery.c). */
const PRIORITY: readonly number[] = [0, 4, 2, 1, 3];
const OPERAND_PRIORITY = 5;

/** An open parenthesis on the stack of operators, with the lowest priority. */
const OPEN: Operator = { operator: 0, distance: 0 };

/** `MAXENTRYPOS` of ts_type.h. */
const MAX_DISTANCE = 16_384;

/**
 * The items of a query, operands before their operator (`makepol` and `gettoken_query_standard` in
 * src/backend/utils/adt/tsquery.c).
 */
export function parseQuery(text: string): QueryItem[] {
  const reader = new WordReader(text, "tsquery");
  const items: QueryItem[] = [];
  const waiting: Operator[] = [];
  let operator: Operator | undefined;
  do {
    readOperand(reader, items, waiting);
    closeParentheses(reader, items, waiting);
    operator = readOperator(reader);
    release(items, waiting, PRIORITY[operator?.operator ?? 0]!);
    if (operator !== undefined) {
      waiting.push(operator);
    }
  } while (operator !== undefined);
  if (waiting.length > 0) {
    throw reader.error("a closing parenthesis is missing");
  }
  return items;
}

/** Reads a word and every `!` and `(` before it. */
function readOperand(reader: WordReader, items: QueryItem[], waiting: Operator[]): void {
  while (reader.skipSpaces()) {
    const character = reader.text[reader.position];
    if (character === "!") {
      waiting.push({ operator: NOT, distance: 0 });
    } else if (character === "(") {
      waiting.push(OPEN);
    } else if (character === ":") {
      break;
    } else {
      items.push(readWord(reader));
      return;
    }
    reader.position++;
  }
  throw reader.error("a word is missing");
}

/** Reads a word, and the weights and the `*` after its colon, in any order. */
function readWord(reader: WordReader): Operand {
  const word = reader.word();
  let weights = 0;
  let isPrefix = false;
  if (reader.text[reader.position] === ":") {
    reader.position++;
    for (; ; reader.position++) {
      const weight = "DCBAdcba*".indexOf(reader.text[reader.position] ?? " ");
      if (weight < 0) {
        break;
      }
      if (weight === 8) {
        isPrefix = true;
      } else {
        weights |= 1 << (weight % 4);
      }
    }
  }
  return { word, weights, isPrefix };
}

function closeParentheses(reader: WordReader, items: QueryItem[], waiting: Operator[]): void {
  while (reader.skipSpaces() && reader.text[reader.position] === ")") {
    release(items, waiting, PRIORITY[OR]!);
    if (waiting.pop() === undefined) {
      throw reader.error("an opening parenthesis is missing");
    }
    reader.position++;
  }
}

/** Reads the operator between two operands, or returns undefined at the end. */
function readOperator(reader: WordReader): Operator | undefined {
  if (reader.position >= reader.text.length) {
    return undefined;
  }
  switch (reader.text[reader.position]) {
    case "&":
      reader.position++;
      return { operator: AND, distance: 0 };
    case "|":
      reader.position++;
      return { operator: OR, distance: 0 };
    default:
      return { operator: PHRASE, distance: readDistance(reader) };
  }
}

const PHRASE_OPERATOR = /<(?:-|(\d{1,20}))>/y;

function readDistance(reader: WordReader): number {
  PHRASE_OPERATOR.lastIndex = reader.position;
  const match = PHRASE_OPERATOR.exec(reader.text);
  if (match === null) {
    throw reader.error("an operator (&, |, <-> or <2>) is missing");
  }
  const distance = Number(match[1] ?? 1);
  if (distance > MAX_DISTANCE) {
    throw reader.error(`the distance is more than ${MAX_DISTANCE}`);
  }
  reader.position = PHRASE_OPERATOR.lastIndex;
  return distance;
}

/** Moves operators of at least that priority to the items, back to an open parenthesis. */
function release(items: QueryItem[], waiting: Operator[], priority: number): void {
  for (let last = waiting.at(-1); last !== undefined && last !== OPEN; last = waiting.at(-1)) {
    if (PRIORITY[last.operator]! < priority) {
      return;
    }
    items.push(last);
    waiting.pop();
  }
}

/** A part of a query as text, with the priority of its outermost operator. */
interface Part {
  readonly text: string;
  readonly priority: number;
}

/** The text of items in the order of {@link parseQuery}. */
export function printQuery(items: readonly QueryItem[]): string {
  const parts: Part[] = [];
  for (const item of items) {
    parts.push("operator" in item ? printOperator(item, parts) : printOperand(item));
  }
  return parts[0]?.text ?? "";
}

function printOperand({ word, weights, isPrefix }: Operand): Part {
  let suffix = isPrefix ? "*" : "";
  for (let weight = 3; weight >= 0; weight--) {
    if ((weights & (1 << weight)) !== 0) {
      suffix += "DCBA"[weight];
    }
  }
  const text = quoteWord(word);
  return { text: suffix === "" ? text : `${text}:${suffix}`, priority: OPERAND_PRIORITY };
}

/** Takes the operands of the operator from the end of `parts`. */
function printOperator({ operator, distance }: Operator, parts: Part[]): Part {
  const priority = PRIORITY[operator]!;
  const right = parts.pop()!;
  if (operator === NOT) {
    return { text: `!${inParentheses(right, right.priority < priority)}`, priority };
  }
  const left = parts.pop()!;
  const first = inParentheses(left, left.priority < priority);
  const second = inParentheses(right, right.priority <= priority);
  return { text: `${first} ${operatorText(operator, distance)} ${second}`, priority };
}

function operatorText(operator: number, distance: number): string {
  if (operator === PHRASE) {
    return distance === 1 ? "<->" : `<${distance}>`;
  }
  return operator === AND ? "&" : "|";
}

function inParentheses({ text }: Part, isNeeded: boolean): string {
  return isNeeded ? `( ${text} )` : text;
}
