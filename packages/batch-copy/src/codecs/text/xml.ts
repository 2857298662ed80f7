import { columnType, type ColumnType } from "../column-type.js";
import { describeValue } from "../describe-value.js";
import { writeText } from "./text.js";

/**
 * `xml`: as `text`. The server checks whether it is well-formed. An XML declaration with an
 * encoding other than UTF-8 is an error, because the server would decode the UTF-8 bytes by it
 * (`xml_recv` in src/backend/utils/adt/xml.c). The server does not return a declaration that has
 * only `version="1.0"` and UTF-8.
 */
export const xml: ColumnType<string> = columnType("xml", {
  encode(value, out) {
    writeText(value, out);
    if (/^<\?xml\s/.test(value)) {
      checkEncoding(value.slice(0, value.indexOf("?>") + 1));
    }
  },
  decode: (input) => input.text(),
});

function checkEncoding(declaration: string): void {
  const encoding = /\sencoding\s*=\s*["']([^"']*)/.exec(declaration)?.[1];
  if (encoding !== undefined && !/^utf-?8$/i.test(encoding)) {
    throw new RangeError(
      `the XML declaration has the encoding ${describeValue(encoding)}, but strings are sent as UTF-8`,
    );
  }
}
