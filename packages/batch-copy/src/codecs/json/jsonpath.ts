import { columnType, type ColumnType } from "../column-type.js";
import { writeText } from "../text/text.js";

/** The only version of its binary form (`JSONPATH_VERSION` in src/include/utils/jsonpath.h). */
const JSONPATH_VERSION = 1;

/**
 * `jsonpath`: a string such as `"$.a[*] ? (@.b > 1)"`. Its syntax is the server's to check, which
 * also gives it back in a form of its own: `$."a"[*]?(@."b" > 1)`.
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
