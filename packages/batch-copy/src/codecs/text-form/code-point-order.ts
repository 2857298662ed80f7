/** UTF-16 and code points have different orders: surrogates are less than U+E000 to U+FFFF. */
const FIRST_SURROGATE = 0xd800;
const FIRST_AFTER_SURROGATES = 0xe000;

/**
 * Compares by code points, which is the order of the UTF-8 bytes; JavaScript's `<` compares UTF-16
 * units.
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

/** The unit in the order of code points: surrogates, which start those above U+FFFF, come last. */
function rank(unit: number): number {
  const isSurrogate = unit >= FIRST_SURROGATE && unit < FIRST_AFTER_SURROGATES;
  return isSurrogate ? unit + 0x10000 : unit;
}
