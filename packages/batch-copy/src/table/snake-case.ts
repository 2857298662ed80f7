/** Between a small letter or a digit and a capital, and before the last of several capitals. */
const WORD_STARTS = /(?<=[\p{Ll}\p{Nd}])(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})/gu;

/**
 * The name in snake_case of a key in camelCase. A word starts at a capital that follows a small letter
 * or a digit, and at the last of several capitals if a small letter follows it. Nothing else starts a
 * word: no digit, and no letter of an alphabet without capitals. Underscores stay where they are.
 *
 * `statusCode` is `status_code`, `userID` is `user_id`, `HTTPServer` is `http_server`, `foo12Bar` is
 * `foo12_bar`, `address2` is `address2`, `_userId` is `_user_id`, and `größeÄndern` is `größe_ändern`.
 */
export function snakeCase(key: string): string {
  return key.replace(WORD_STARTS, "_").toLowerCase();
}

/**
 * The key in camelCase for a name in snake_case: each underscore after the first other character is
 * dropped, and the character after it becomes a capital. Not every name comes back from its key:
 * {@link snakeCase} makes `address2` of the key of `address_2`.
 */
export function camelCase(name: string): string {
  return name.replace(/(?<=[^_])_+([^_])/gu, (_, letter: string) => letter.toUpperCase());
}
