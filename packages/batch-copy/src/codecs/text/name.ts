import { columnType, type ColumnType } from "../column-type.js";
import { writeText } from "./text.js";

/** `NAMEDATALEN` - 1 (src/include/pg_config_manual.h). */
const MAX_BYTES = 63;
/** The maximum number of UTF-8 bytes for one UTF-16 unit. */
const BYTES_PER_UNIT = 3;

/**
 * `name`: as `text`, but at most 63 bytes of UTF-8 (`namerecv` in src/backend/utils/adt/name.c).
 */
export const name: ColumnType<string> = columnType("name", {
  encode(value, out) {
    writeText(value, out);
    if (value.length * BYTES_PER_UNIT > MAX_BYTES && Buffer.byteLength(value) > MAX_BYTES) {
      throw new RangeError(
        `the name has ${Buffer.byteLength(value)} bytes, more than ${MAX_BYTES}`,
      );
    }
  },
  decode: (input) => input.text(),
});

/** `refcursor`, the name of a cursor: as `text`. */
export const refcursor: ColumnType<string> = columnType("refcursor", {
  encode: writeText,
  decode: (input) => input.text(),
});
