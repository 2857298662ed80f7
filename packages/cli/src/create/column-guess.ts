import { isForDouble, textTypeOf, type TextType } from "./text-type.js";

type GuessedType = TextType | "jsonb";

/** Types of numbers, each of which takes those before it. */
const NUMBERS: readonly GuessedType[] = ["bigint", "numeric", "double precision"];

/**
 * Finds the type of a column from samples of its values. It is the narrowest type that takes them all, with
 * room for what may follow: bigint for integers of any size, numeric for decimals, because they may be money.
 * Columns are never NOT NULL: later rows may have NULLs.
 */
export class ColumnGuess {
  #type: GuessedType | undefined;
  /** Whether one of the numbers is not for double precision. */
  #isExact = false;

  /** Without samples, a text, which takes anything. */
  get type(): GuessedType {
    return this.#type === "double precision" && this.#isExact ? "numeric" : (this.#type ?? "text");
  }

  /** Adds a text that is not NULL. The empty text is one. */
  add(text: string): void {
    if (this.#type !== "text" && this.#type !== "jsonb") {
      this.#join(textTypeOf(text), text);
    }
  }

  /** Adds a value of JSON. */
  addJson(json: string): void {
    const first = json[0];
    if (first === "{" || first === "[") {
      this.#type = "jsonb";
    } else if (this.#type === "jsonb" || this.#type === "text" || json === "null") {
      return;
    } else if (first === '"') {
      const text = JSON.parse(json) as string;
      this.#join(typeOfString(text), text);
    } else {
      this.#join(textTypeOf(json), json);
    }
  }

  #join(type: TextType, text: string): void {
    this.#type = this.#type === undefined ? type : typeOfBoth(this.#type, type);
    this.#isExact ||= NUMBERS.includes(type) && !isForDouble(text);
  }
}

/** A string of JSON that looks like a number or a boolean is a text: JSON would have written it without quotes. */
function typeOfString(text: string): TextType {
  const type = textTypeOf(text);
  return type === "boolean" || NUMBERS.includes(type) ? "text" : type;
}

function typeOfBoth(one: GuessedType, other: TextType): GuessedType {
  if (one === other) {
    return one;
  }
  const number = Math.max(NUMBERS.indexOf(one), NUMBERS.indexOf(other));
  if (NUMBERS.includes(one) && NUMBERS.includes(other)) {
    return NUMBERS[number]!;
  }
  const isDay = (type: GuessedType): boolean => type === "date" || type === "timestamp";
  return isDay(one) && isDay(other) ? "timestamp" : "text";
}
