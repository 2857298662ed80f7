import { columnType, type ColumnType } from "../column-type.js";
import { writeText } from "../text/text.js";

/** The only version of the binary format (`JSONPATH_VERSION` in src/include/utils/jsonpath.h). */
const JSONPATH_VERSION = 1;

/**
 * `jsonpath`: a string such as `"$.a[*] ? (@.b > 1)"`. The server checks its syntax, and returns it
 * in a normalized form: `$."a"[*]?(@."b" > 1)`.
 */
export const jsonpath: ColumnType<string> = columnType("jsonpath", {
  encode(value, out) {
    out.int8(JSONPATH_VERSION);
    writeText(value, out);
  },
  decode(input) {
    input.int8();
    return input.text();
  },
});
