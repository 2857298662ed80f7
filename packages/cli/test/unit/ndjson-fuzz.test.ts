import assert from "node:assert/strict";
import { describe, it } from "node:test";

import fc from "fast-check";

import { readNdjson } from "../helpers/read-ndjson.js";

const KEYS = ["a", "b", "", "é", "a b", "__proto__", 'q"'];
const COLUMNS = KEYS.map((key, i) => ({ key, isJson: i % 2 === 1, isArray: false }));

/** A string of JSON with escapes and odd characters, valid or not. */
const string = fc
  .array(
    fc.oneof(
      fc.constantFrom(...Array.from("aé€😀 {}[],:'/0u")),
      fc.constantFrom(
        '\\"',
        "\\\\",
        "\\/",
        "\\b",
        "\\f",
        "\\n",
        "\\r",
        "\\t",
        "\\u00e9",
        "\\u20AC",
      ),
      fc.constantFrom("\\ud83d\\ude00", "\\u007F", "\\uffff"),
    ),
    { maxLength: 6 },
  )
  .map((parts) => `"${parts.join("")}"`);

const number = fc.oneof(
  fc.constantFrom("0", "-0", "1e400", "9007199254740993", "1.50", "-1.5E-3", "12e+02"),
  fc.integer().map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
);

const space = fc.constantFrom("", "", "", " ", "\t", "\r", "  ");

const { value } = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    string,
    number,
    fc.constantFrom("true", "false", "null"),
    list("[", "]", tie("value")),
    list("{", "}", member(string, tie("value"))),
  ),
}));

const key = fc.oneof(
  fc.constantFrom(...KEYS).map((text) => JSON.stringify(text)),
  fc.constantFrom('"\\u0061"', '"\\u00E9"', '"a\\u0020b"', '"__pr\\u006fto__"'),
);

const line = list("{", "}", member(key, value));

/** What makes valid JSON invalid, or leaves it valid: a character is dropped, doubled or replaced. */
const mutatedLine = fc
  .tuple(
    line,
    fc.nat(),
    fc.constantFrom(...Array.from('"\\{}[],:0-.eut a\u0001'), "", "\\u", "null"),
    fc.nat(2),
  )
  .map(([text, place, inserted, removed]) => {
    const at = place % text.length;
    // Half of a surrogate pair cannot be in a file.
    return (text.slice(0, at) + inserted + text.slice(at + removed)).toWellFormed();
  });

describe("NDJSON against JSON.parse", () => {
  it("accepts exactly the objects that JSON.parse accepts, with the same values", () => {
    const lines = fc.array(fc.oneof(line, mutatedLine, mutatedLine), {
      minLength: 1,
      maxLength: 5,
    });
    let accepted = 0;
    let refused = 0;
    fc.assert(
      fc.property(lines, fc.integer({ min: 1, max: 50 }), (texts, chunkBytes) => {
        const { found } = readNdjson(texts.join("\n"), {
          columns: COLUMNS,
          chunkBytes,
          unknownKeys: "ignore",
        });
        let index = 0;
        for (const text of texts.filter((each) => /[^ \t\r]/.test(each))) {
          const read = found[index++];
          const expected = parse(text);
          if (expected === undefined) {
            assert.ok(read !== undefined && "reason" in read, text);
            refused++;
          } else {
            assert.ok(read !== undefined && "values" in read, text);
            assert.deepEqual(read.values, expected, text);
            accepted++;
          }
        }
        assert.equal(found.length, index);
      }),
      { numRuns: 3000 },
    );
    assert.ok(accepted > 1000 && refused > 1000, `${accepted} accepted, ${refused} refused`);
  });

  it("refuses or accepts any bytes, without an exception and without losing a line", () => {
    const bytes = fc.uint8Array({ maxLength: 60 });
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            bytes,
            line.map((text) => Buffer.from(text)),
          ),
        ),
        (lines) => {
          const file = Buffer.concat(lines.flatMap((each) => [each, Buffer.from("\n")]));
          const { found } = readNdjson(file, { columns: COLUMNS, chunkBytes: 16 });
          let end = 0;
          for (const record of found) {
            assert.match(file.subarray(end, record.offset).toString(), /^\uFEFF?[ \t\r\n]*$/);
            end = record.end;
            assert.equal(file[end - 1], 10);
          }
          assert.match(file.subarray(end).toString(), /^\uFEFF?[ \t\r\n]*$/);
        },
      ),
      { numRuns: 2000 },
    );
  });
});

function list(
  opening: string,
  closing: string,
  element: fc.Arbitrary<string>,
): fc.Arbitrary<string> {
  return fc
    .array(fc.tuple(space, element, space), { maxLength: 5 })
    .map((elements) => opening + elements.map((parts) => parts.join("")).join(",") + closing);
}

function member(name: fc.Arbitrary<string>, content: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc
    .tuple(name, space, space, content)
    .map(([before, left, right, after]) => `${before}${left}:${right}${after}`);
}

/** The fields that JSON.parse would give, with numbers as their texts; undefined if it refuses. */
function parse(text: string): unknown[] | undefined {
  let object: unknown;
  try {
    object = JSON.parse(text);
  } catch (error) {
    assert.ok(error instanceof SyntaxError);
    return undefined;
  }
  if (typeof object !== "object" || object === null || Array.isArray(object)) {
    return undefined;
  }
  const members = topLevelMembers(text);
  if (!members.every(isStorable)) {
    return undefined;
  }
  const texts = new Map(members);
  // JSON.parse defines a property of its own even for __proto__.
  const properties = new Map(Object.entries(object));
  return COLUMNS.map((column): unknown => {
    const property: unknown = properties.get(column.key) ?? null;
    const isString = typeof property === "string" && !column.isJson;
    return property === null || isString ? property : texts.get(column.key);
  });
}

/** Whether PostgreSQL can store the value, if it is a string that goes to a column as text. */
function isStorable([name, content]: readonly [string, string]): boolean {
  const column = COLUMNS.find((each) => each.key === name);
  const text: unknown = JSON.parse(content);
  const isText = column !== undefined && !column.isJson && typeof text === "string";
  return !isText || (text.isWellFormed() && !text.includes("\0"));
}

/** The keys and the texts of the values of an object, found by another way: by trying all ends. */
function topLevelMembers(text: string): [string, string][] {
  const members: [string, string][] = [];
  let at = text.indexOf("{") + 1;
  while (text.slice(at).trim() !== "}") {
    const [name, afterName] = shortestJson(text, at, ":");
    const [content, afterContent] = shortestJson(text, afterName, ",}");
    members.push([JSON.parse(name) as string, content]);
    if (text[afterContent - 1] === "}") {
      break;
    }
    at = afterContent;
  }
  return members;
}

/** The shortest valid JSON from `at` to one of the characters, and the position after that character. */
function shortestJson(text: string, at: number, ends: string): [json: string, after: number] {
  for (let end = at; end < text.length; end++) {
    if (ends.includes(text[end]!)) {
      try {
        JSON.parse(text.slice(at, end));
      } catch {
        continue;
      }
      return [text.slice(at, end).replace(/^[ \t\r]+|[ \t\r]+$/g, ""), end + 1];
    }
  }
  throw new Error(`no JSON from ${at} in ${text}`);
}
