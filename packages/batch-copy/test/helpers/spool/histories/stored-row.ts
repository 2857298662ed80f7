/** Bytes of a row: its length, its number in the history, and bytes that follow from that number. */
const HEADER_BYTES = 6;

/** A row that a reader has decoded, or that no sender has sent. */
class WrongBytes extends Error {}

export function encodeRow(id: number, bytes: number): Buffer {
  const row = Buffer.alloc(HEADER_BYTES + bytes, fillingOf(id));
  row.writeUInt16LE(row.length, 0);
  row.writeUInt32LE(id, 2);
  return row;
}

/** The numbers of the rows. @throws WrongBytes */
export function decodeRows(bytes: Buffer): number[] {
  const ids: number[] = [];
  let position = 0;
  while (position < bytes.length) {
    const length = position + 2 <= bytes.length ? bytes.readUInt16LE(position) : 0;
    if (length < HEADER_BYTES || position + length > bytes.length) {
      throw new WrongBytes(`a row of ${length} bytes at ${position} of ${bytes.length}`);
    }
    const id = bytes.readUInt32LE(position + 2);
    const filling = bytes.subarray(position + HEADER_BYTES, position + length);
    if (!filling.every((byte) => byte === fillingOf(id))) {
      throw new WrongBytes(`row ${id} has other bytes`);
    }
    ids.push(id);
    position += length;
  }
  return ids;
}

function fillingOf(id: number): number {
  return (id * 37 + 11) % 256;
}
