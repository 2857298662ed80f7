// @ts-check
// Writes docs/types.md: each export of the codecs' registry with its SQL type, what it takes, and an
// example that was encoded and decoded for the purpose: node tools/type-docs.mjs [--check]
// With --check it writes nothing, and fails if the file is not what it would write.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";

import { format } from "oxfmt";

import {
  UNHANDLED,
  WITHOUT_BINARY_FORM,
} from "../packages/batch-copy/dist-test/helpers/unhandled-types.js";
import { ByteReader } from "../packages/batch-copy/dist/bytes/byte-reader.js";
import { ByteWriter } from "../packages/batch-copy/dist/bytes/byte-writer.js";
import * as registry from "../packages/batch-copy/dist/codecs/registry.js";
import { families } from "./type-docs-texts.mjs";

/**
 * @import { ColumnType } from "../packages/batch-copy/dist/codecs/column-type.js"
 * @import { TypeDescription } from "../packages/batch-copy/dist/codecs/type-description.js"
 * @import { TypeText } from "./type-docs-texts.mjs"
 */

/** A writer whose bytes can be read. */
class OpenWriter extends ByteWriter {
  get written() {
    return this.buffer.subarray(this.start, this.position);
  }
}

const root = join(import.meta.dirname, "..");
const sources = join(root, "packages", "batch-copy", "src", "codecs");
const target = join(root, "docs", "types.md");
const exported = new Map(Object.entries(registry));
const order = registryOrder();

/** What is wrong with the texts, one line each. @type {string[]} */
const problems = [];
const document = await formatted(page());

if (problems.length > 0) {
  console.error(problems.join("\n"));
  process.exitCode = 1;
} else if (!process.argv.includes("--check")) {
  mkdirSync(join(root, "docs"), { recursive: true });
  writeFileSync(target, document);
} else if (!existsSync(target) || readFileSync(target, "utf8") !== document) {
  console.error("docs/types.md is stale: run npm run docs:types.");
  process.exitCode = 1;
}

/** The names in the order of the source; a module's own exports are sorted by the alphabet. */
function registryOrder() {
  const source = readFileSync(join(sources, "registry.ts"), "utf8");
  return Array.from(source.matchAll(/^export \{([^}]*)\}/gm), ([, names = ""]) =>
    names.split(",").map((name) => name.trim()),
  ).flat();
}

/**
 * As `npm run format` would leave it.
 * @param {string} markdown
 */
async function formatted(markdown) {
  const { printWidth } = JSON.parse(readFileSync(join(root, ".oxfmtrc.json"), "utf8"));
  const result = await format(target, markdown, { printWidth });
  problems.push(...result.errors.map(({ message }) => message));
  return result.code;
}

function page() {
  checkNames();
  return `<!-- Written by npm run docs:types; the texts are in tools/type-docs-texts.mjs. -->

# Types

Every column type, what it takes, and what comes back. The examples are not written by hand: each was encoded and decoded to make this page, and a test compares the page with the code.

- **A column is NOT NULL**, unless its type is followed by \`.nullable()\`. Then \`null\`, \`undefined\` and a missing key are NULL.
- **Nothing is coerced in silence.** A value that the column cannot hold as it is becomes an \`EncodeError\`, which names \`column\`, \`value\` and \`reason\`, for its sender alone. The few types that round, as PostgreSQL itself does for them, say so below.
- **The server's own text form** of a value is taken wherever it can mean one thing only: what a query or \`COPY TO\` prints can be sent as it is, whole arrays and composite values included. The few types for which that is not so say it below. For numbers, booleans and bytes \`RowOf\` does not say so: their strings are for data that is text already, such as the lines of a CSV file.
- **"Comes back"** is what the type reads from the bytes that it wrote: the value in a row that did not reach the table, as \`onReject\` and the errors hand it over. It can be sent again as it is. What a query returns is your driver's affair.
- **Tested against real servers**, with edge values and generated ones. pgvector and PostGIS are the exceptions: they were tested by their byte format only.
- **Versions**: where nothing else is said, PostgreSQL 13 has the type. Infinities need 14 in \`numeric\` and 17 in \`interval\`; multiranges and \`cube\` need 14.

In the column "definition", \`n\`, \`p\`, \`s\`, \`type\`, \`srid\` and \`fields\` stand for parameters. The types are exports of \`batch-copy\`.

${families.map(section).join("\n")}
## Types without a codec

These are all the types of PostgreSQL and of the extensions that come with it that batch-copy does not fill.

The server refuses every value of these in binary. Leave such a column out of the definition: it takes its default, or NULL.

${reasonTable(UNHANDLED)}

These have no binary form, and the server refuses any binary COPY into a table that has a column of such a type, whichever columns it fills. Keep that column in another table; or declare it by a domain, an array or a composite type of them, and leave it out.

${reasonTable(WITHOUT_BINARY_FORM)}

## A type of your own

\`columnType\` makes a column type from the name of a PostgreSQL type and a codec: for an extension that is not in the list, or for a type that was written in C. Enums, domains, composite types and ranges do not need it.

\`\`\`ts
import { columnType, table } from "batch-copy";

${docstringExample("registered-types.ts")}\`\`\`

- \`encode\` writes what the type's receive function reads. \`out\` has \`int8\`, \`int16\`, \`int32\`, \`int64\`, \`float32\`, \`float64\`, \`bytes\` and \`text\`, in network byte order. The length before the value is not its task, and NULL does not reach it.
- It throws an \`Error\` for a value that the type cannot hold. The message is the \`reason\` of the \`EncodeError\`.
- \`encodeText(text, out)\`, if it is there, writes the value whose text form stands in the text of an array, a composite value or a range: \`"{(1,2),(3,4)}"\`. Without it such texts are refused.
- \`decode\` reads the same bytes back. Its \`input\` has the same methods and ends where the value ends.
- The name may carry a schema: \`"app.complex"\`. If SQL writes the type in another way, say \`sql: "…"\` beside \`encode\`. If a value may be an array, say \`hasArrayValues: true\`, so that \`arrayOf\` can tell it from a dimension.
- From then on, copiers that take their columns from the catalog (\`Copier.connect("app.signals")\`) know the type too.
`;
}

/** Every export has one text, and every text an export. */
function checkNames() {
  const described = families.flatMap(({ types }) => Object.keys(types));
  for (const name of exported.keys()) {
    const count = described.filter((other) => other === name).length;
    if (count !== 1) {
      problems.push(`${name} has ${count} entries in tools/type-docs-texts.mjs, it needs one`);
    }
  }
  for (const name of described.filter((other) => !exported.has(other))) {
    problems.push(`${name} has an entry in tools/type-docs-texts.mjs, but is not in the registry`);
  }
}

/** @param {import("./type-docs-texts.mjs").Family} family */
function section({ title, intro, types }) {
  const rows = Object.entries(types)
    .filter(([name]) => exported.has(name))
    .toSorted(([a], [b]) => order.indexOf(a) - order.indexOf(b))
    .map(([name, text]) => row(name, text));
  const header = ["definition", "SQL", "takes", "example", "comes back"];
  return `## ${title}\n\n${intro === undefined ? "" : `${intro}\n\n`}${table(header, rows)}\n`;
}

/**
 * @param {string} name
 * @param {TypeText} text
 */
function row(name, text) {
  const { takes, refuses, example, returns, parameters = {} } = text;
  const forms = text.forms ?? [/** @type {ColumnType<any>} */ (exported.get(name))];
  checkForms(name, forms);
  checkClaims(name, forms, text);
  return [
    forms.map((type) => code(generalized(type.name, parameters))).join("<br>"),
    forms.map((type) => code(generalized(type.sql, parameters))).join("<br>"),
    takes + (refuses === undefined ? "" : `. Refused: ${refuses}`),
    code(literal(example)),
    `${returns}: ${code(literal(checkedExample(name, forms, text)))}`,
  ];
}

/**
 * With the names of the parameters instead of the example's: `numeric(p, s)`. SQL has no quotes
 * around them.
 * @param {string} definition
 * @param {Readonly<Record<string, string | number>>} parameters
 */
function generalized(definition, parameters) {
  let general = definition;
  for (const [name, value] of Object.entries(parameters)) {
    const bare = String(value).replaceAll('"', "");
    general = general.replace(new RegExp(`"${bare}"|\\b${bare}\\b`), name);
  }
  return general;
}

/**
 * An export that is a type must be shown as one, and one that can be called must be shown with its
 * parameters.
 * @param {string} name
 * @param {readonly ColumnType<any>[]} forms
 */
function checkForms(name, forms) {
  const value = exported.get(name);
  const names = forms.map((type) => type.name);
  if (value !== undefined && "sql" in value && !names.includes(value.name)) {
    problems.push(`${name} lacks the form ${value.name}`);
  }
  if (typeof value === "function" && !names.some((other) => other.startsWith(`${name}(`))) {
    problems.push(`${name} lacks a form with parameters`);
  }
}

/**
 * What comes back from the example: the same from each form.
 * @param {string} name
 * @param {readonly ColumnType<any>[]} forms
 * @param {TypeText} text
 */
function checkedExample(name, forms, { example, attributes }) {
  const results = forms.map((type) => attempt(type, example, attributes));
  const failed = results.find(({ error }) => error !== undefined);
  if (failed !== undefined) {
    problems.push(`${name}, example: ${failed.error}`);
  }
  if (results.some(({ value }) => !isDeepStrictEqual(value, results[0]?.value))) {
    problems.push(`${name}: the example comes back differently from its forms`);
  }
  return results[0]?.value;
}

/**
 * Values that stand in the texts are taken, or refused, by one of the forms.
 * @param {string} name
 * @param {readonly ColumnType<any>[]} forms
 * @param {TypeText} text
 */
function checkClaims(name, forms, { takes, refuses = "", attributes }) {
  for (const value of valuesIn(takes)) {
    const results = forms.map((type) => attempt(type, value, attributes));
    if (results.every(({ error }) => error !== undefined)) {
      problems.push(`${name} does not take ${literal(value)}: ${results[0]?.error}`);
    }
  }
  for (const value of valuesIn(refuses)) {
    if (forms.every((type) => attempt(type, value, attributes).error === undefined)) {
      problems.push(`${name} does not refuse ${literal(value)}`);
    }
  }
}

/**
 * The strings, numbers and arrays in backticks.
 * @param {string} text
 * @returns {unknown[]}
 */
function valuesIn(text) {
  return Array.from(text.matchAll(/`((?:["[]|-?\d)[^`]*)`/g), ([, source = ""]) =>
    JSON.parse(source),
  );
}

/**
 * Encodes and decodes a value, and sees that what comes back can be sent again.
 * @param {ColumnType<any>} type
 * @param {unknown} value
 * @param {readonly string[]} [attributes] of a composite type
 * @returns {{ value?: unknown, error?: string }}
 */
function attempt(type, value, attributes = []) {
  // Enough of what a catalog would say: the element of anything is of this type again.
  /** @type {TypeDescription & { element?: TypeDescription }} */
  const description = { oid: 0, schema: "", name: "", sql: "", kind: "base", hasBinaryForm: true };
  description.element = description;
  const codec = type.codecFor({
    ...description,
    attributes: attributes.map((name) => ({ name, type: description })),
  });
  /** @param {unknown} content */
  const encode = (content) => {
    const out = new OpenWriter(Buffer.alloc(8));
    codec.encode(content, out);
    return out.written;
  };
  try {
    const bytes = encode(value);
    const decoded = codec.decode(new ByteReader(bytes));
    return encode(decoded).equals(bytes)
      ? { value: decoded }
      : { error: "what comes back is written as other bytes" };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

/**
 * A value as JavaScript writes it.
 * @param {unknown} value
 * @returns {string}
 */
function literal(value) {
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value !== "object" || value === null) return String(value);
  if (value instanceof Date) return `new Date("${value.toISOString()}")`;
  if (value instanceof Map) return `new Map(${literal([...value])})`;
  if (Buffer.isBuffer(value)) {
    return `Buffer.from("${Buffer.from(value).toString("hex")}", "hex")`;
  }
  if (ArrayBuffer.isView(value)) {
    return `new ${value.constructor.name}(${literal(Array.from(/** @type {any} */ (value)))})`;
  }
  if (Array.isArray(value)) return `[${value.map(literal).join(", ")}]`;
  return `{ ${Object.entries(value)
    .map(([key, item]) => `${key}: ${literal(item)}`)
    .join(", ")} }`;
}

/** @param {Readonly<Record<string, { reason: string, since?: number, until?: number }>>} reasons */
function reasonTable(reasons) {
  /** @type {Map<string, string[]>} */
  const typesByReason = new Map();
  for (const [name, { reason, since, until }] of Object.entries(reasons)) {
    const versions = [since && `from ${since} on`, until && `up to ${until}`].filter(Boolean);
    const key = JSON.stringify([versions.join(", ") || "all", withCode(reason)]);
    typesByReason.set(key, [...(typesByReason.get(key) ?? []), code(name)]);
  }
  const rows = Array.from(typesByReason, ([key, names]) => [names.join(", "), ...JSON.parse(key)]);
  return table(["types", "PostgreSQL", "why"], rows);
}

/**
 * With functions and paths of PostgreSQL's source in backticks.
 * @param {string} reason
 */
function withCode(reason) {
  return reason.replace(/\w+(?:[_/][\w.-]+)+/g, code);
}

/**
 * @param {readonly string[]} header
 * @param {readonly (readonly string[])[]} rows
 */
function table(header, rows) {
  const lines = [header, header.map(() => "---"), ...rows].map(
    (cells) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`,
  );
  return lines.join("\n");
}

/** @param {string} source */
function code(source) {
  return `\`${source}\``;
}

/**
 * The example in a docstring, which a test compiles.
 * @param {string} file
 */
function docstringExample(file) {
  const source = readFileSync(join(sources, file), "utf8");
  const [, example = ""] = /@example\n(.*?) \*\//s.exec(source) ?? [];
  return example.replace(/^ \* ?/gm, "");
}
