/** The text of a value: a string, or bytes of UTF-8, of which only ASCII is looked for. */
export type TextSource = string | Uint8Array;

/**
 * The unit of a text at a position. One scanner reads strings and bytes with it. In bytes there may be
 * another field after the text: the caller looks at its end first.
 */
export function codeAt(text: TextSource, at: number): number {
  return typeof text === "string" ? text.charCodeAt(at) : text[at]!;
}
