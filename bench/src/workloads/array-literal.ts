/** An array of texts as PostgreSQL reads it, each in quotes; `\` and `"` in them are not expected. */
export function arrayLiteral(texts: readonly string[]): string {
  return texts.length === 0 ? "{}" : `{"${texts.join('","')}"}`;
}
