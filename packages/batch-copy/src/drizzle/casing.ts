/** How Drizzle names columns that have only a key, if `drizzle({ casing })` says so. */
export type Casing = "snake_case" | "camelCase";

/** The name in the database for a key, as Drizzle derives it (drizzle-orm/src/casing.ts). */
export const CASINGS: Readonly<Record<Casing, (key: string) => string>> = {
  snake_case: (key) => wordsOf(key).join("_").toLowerCase(),
  camelCase: (key) =>
    wordsOf(key)
      .map((word, index) => (index === 0 ? word.toLowerCase() : capitalized(word)))
      .join(""),
};

/** `userID2Name` has the words `user`, `ID`, `2` and `Name`: a digit joins only small letters. */
function wordsOf(key: string): string[] {
  return key
    .replaceAll(/['\u2019]/g, "")
    .replaceAll(/(?<=[a-z\d])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z]|\d)/g, " ")
    .split(/[^A-Za-z\d]+/)
    .filter((word) => word !== "");
}

function capitalized(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
