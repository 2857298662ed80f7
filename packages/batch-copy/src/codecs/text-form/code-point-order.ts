/** Where UTF-16 and code points begin to differ in order: surrogates stand below U+E000 to U+FFFF. */
const FIRST_SURROGATE = 0xd800;
const FIRST_AFTER_SURROGATES = 0xe000;

/**
 * Compares by code points, which is also the order of the strings' UTF-8 bytes; JavaScript's `<`
 * compares UTF-16 units.
 */
export function compareCodePoints(a: string, b: string): number {
  const shorter = Math.min(a.length, b.length);
  for (let i = 0; i < shorter; i++) {
    const left = a.charCodeAt(i);
    const right = b.charCodeAt(i);
    if (left !== right) {
      return rank(left) - rank(right);
    }
  }
  return a.length - b.length;
}

/** The unit in the order of code points: surrogates, which begin those beyond U+FFFF, come last. */
function rank(unit: number): number {
  const isSurrogate = unit >= FIRST_SURROGATE && unit < FIRST_AFTER_SURROGATES;
  return isSurrogate ? unit + 0x10000 : unit;
}
