/** Where the tuple ends that begins at `start`, found by walking over the lengths of its fields. */
export function endOfTuple(tuples: Buffer, start: number): number {
  let end = start + 2;
  for (let fields = tuples.readInt16BE(start); fields > 0; fields--) {
    // A NULL has the length -1 and no bytes.
    end += 4 + Math.max(0, tuples.readInt32BE(end));
  }
  return end;
}
