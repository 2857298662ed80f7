/** Lines of digits that compress to about half, the same for the same seed. */
export function randomLines(bytes: number, seed = 1): Buffer {
  const lines = Buffer.alloc(bytes);
  let state = seed;
  for (let index = 0; index < bytes; index++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    lines[index] = index % 40 === 39 ? 0x0a : 0x30 + ((state >>> 16) % 10);
  }
  return lines;
}
