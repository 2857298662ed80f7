/** After so many trials, what is left is short enough. */
const MAX_TRIALS = 300;

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
  let trials = 0;
  for (
    let size = Math.ceil(items.length / 2);
    size >= 1;
    size = size === 1 ? 0 : Math.ceil(size / 2)
  ) {
    let start = 0;
    while (start < rest.length && trials < MAX_TRIALS) {
      const shorter = rest.toSpliced(start, size);
      trials++;
      if (shorter.length > 0 && (await fails(shorter))) {
        rest = shorter;
      } else {
        start += size;
      }
    }
  }
  return rest;
}
