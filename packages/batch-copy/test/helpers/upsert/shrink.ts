/** After so long, what is left is short enough. A trial in which rows are sent again takes seconds. */
const MAX_MS = 10_000;

/**
 * Removes as many items as it can while the rest still fails: halves first, single ones last.
 *
 * @param fails whether a shorter list fails as well
 */
export async function shrink<Item>(
  items: readonly Item[],
  fails: (items: readonly Item[]) => Promise<boolean>,
): Promise<readonly Item[]> {
  let rest = items;
  const end = performance.now() + MAX_MS;
  for (
    let size = Math.ceil(items.length / 2);
    size >= 1;
    size = size === 1 ? 0 : Math.ceil(size / 2)
  ) {
    let start = 0;
    while (start < rest.length && performance.now() < end) {
      const shorter = rest.toSpliced(start, size);
      if (shorter.length > 0 && (await fails(shorter))) {
        rest = shorter;
      } else {
        start += size;
      }
    }
  }
  return rest;
}
