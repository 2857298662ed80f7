import { columnType, type ColumnType } from "../column-type.js";
import { describeValue } from "../describe-value.js";
import { writeText } from "./text.js";

/**
 * `xml`: as `text`. Whether it is well-formed is the server's to say. A declaration that names
 * another encoding than UTF-8 is refused, because the server would read the bytes, which are UTF-8,
 * by it (`xml_recv` in src/backend/utils/adt/xml.c). What the server gives back has no declaration
 * where it would say nothing but `version="1.0"` and UTF-8.
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
