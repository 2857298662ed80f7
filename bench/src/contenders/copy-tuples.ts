const SIGNATURE = "PGCOPY\n\xFF\r\n\0";
/** The signature, flags and the length of an extension, which no server writes yet. */
const HEADER_BYTES = SIGNATURE.length + 8;
const COUNT_BYTES = 2;
const LENGTH_BYTES = 4;
/** Instead of a number of fields. */
const TRAILER = -1;

const MOST_GROUP_BYTES = 2 ** 20;

/** The tuples of a file in COPY's binary format, without what is around them. */
export function tuplesOf(file: Buffer): Buffer {
  if (file.toString("latin1", 0, SIGNATURE.length) !== SIGNATURE) {
    throw new Error("the file is not in COPY's binary format");
  }
  return file.subarray(HEADER_BYTES, file.length - COUNT_BYTES);
}

/** Cuts tuples into groups of so many; by default of as many as fit into a mebibyte. */
export function groupsOf(tuples: Buffer, rows = Infinity): Buffer[] {
  const groups: Buffer[] = [];
  let start = 0;
  let count = 0;
  let position = 0;
  while (position < tuples.length) {
    const end = endOfTuple(tuples, position);
    if (count === rows || (count > 0 && end - start > MOST_GROUP_BYTES)) {
      groups.push(tuples.subarray(start, position));
      start = position;
      count = 0;
    }
    count += 1;
    position = end;
  }
  if (count > 0) groups.push(tuples.subarray(start));
  return groups;
}

function endOfTuple(tuples: Buffer, start: number): number {
  const fields = tuples.readInt16BE(start);
  if (fields === TRAILER) throw new Error("the file goes on behind its trailer");
  let position = start + COUNT_BYTES;
  for (let field = 0; field < fields; field++) {
    // NULL has the length -1, and no bytes.
    position += LENGTH_BYTES + Math.max(0, tuples.readInt32BE(position));
  }
  return position;
}
