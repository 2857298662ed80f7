import { columnType, type ColumnType } from "../column-type.js";
import { wrongKind } from "../describe-value.js";

/**
 * `citext` of the extension citext: a string, as for `text`. The server stores it unchanged and
 * compares it case-insensitively.
 */
export const citext: ColumnType<string> = columnType("citext", {
  encode(value, out) {
    if (typeof value !== "string") {
      throw wrongKind("a string", value);
    }
    out.text(value);
  },
  decode: (input) => input.text(),
});
