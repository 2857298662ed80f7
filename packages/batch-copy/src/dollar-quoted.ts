/**
 * A string literal whose text stands in it as it is, so that `standard_conforming_strings` does not
 * matter and a large text is not copied character by character.
 *
 * @param name the tag between the dollars, followed by a number if the text contains that
 */
export function dollarQuoted(text: string, name: string): string {
  let tag = `$${name}$`;
  // At its end, a text without the last character of the tag would borrow that of the closing tag.
  for (let i = 0; text.includes(tag) || text.endsWith(tag.slice(0, -1)); i++) {
    tag = `$${name}${i}$`;
  }
  return tag + text + tag;
}
