import type { ByteReader } from "../../bytes/byte-reader.js";
import type { ByteWriter } from "../../bytes/byte-writer.js";
import { readField, textEncoder, writeField, type Codec, type Encoder } from "../codec.js";
import { ColumnType } from "../column-type.js";
import { describeValue, reasonOf, wrongKind } from "../describe-value.js";
import { keySource, quoteIdentifier, quoteQualified, schemaSource } from "../identifier.js";
import { LimitError } from "../limit-error.js";
import { isInheritedByAll, isKeylessRecord } from "../record.js";
import { baseTypeOf, type AttributeDescription } from "../type-description.js";
import { parseComposite } from "./composite-text.js";

type Attributes = Readonly<Record<string, ColumnType<unknown, boolean>>>;

/** A value of a composite type: its attributes by name. An attribute that is left out is NULL. */
export type CompositeValue<A extends Attributes> = {
  readonly [K in keyof A]?: (A[K] extends ColumnType<infer Value, boolean> ? Value : never) | null;
};

/**
 * The composite type with that name. A value is an object with the attributes as keys, an instance
 * of a class with getters for them, or the server's text form with all attributes in order: `"(Main
 * Street 1,)"`.
 *
 * @example
 * table("parcels", { at: compositeOf("place", { street: text, zip: text }) });
 */
export function compositeOf<A extends Attributes>(
  name: string,
  attributes: A,
  options: { readonly schema?: string } = {},
): ColumnType<CompositeValue<A> | string> {
  const sql = quoteQualified(options.schema, name);
  const types = Object.entries(attributes);
  const shape = types.map(([key, type]) => `${keySource(key)}: ${type.name}`).join(", ");
  const columns = types.map(([key, type]) => `${quoteIdentifier(key)} ${type.sql}`).join(", ");
  return new ColumnType(
    {
      name: `compositeOf(${JSON.stringify(name)}, { ${shape} }${schemaSource(options.schema)})`,
      sql,
      ddl: [...types.flatMap(([, type]) => type.ddl), `CREATE TYPE ${sql} AS (${columns});`],
      shape: { kind: "composite", parts: attributes },
      codecFor(type) {
        const actual = baseTypeOf(type).attributes ?? [];
        return compositeCodec(actual.map((attribute) => planned(attribute, attributes)));
      },
    },
    false,
  );
}

interface PlannedAttribute {
  readonly name: string;
  /** Whether a value must own it, because every object inherits a property of that name. */
  readonly mustBeOwn: boolean;
  readonly oid: number;
  readonly codec: Codec<unknown>;
  readonly text: Encoder<string>;
}

function planned({ name, type }: AttributeDescription, attributes: Attributes): PlannedAttribute {
  const columnType = Object.hasOwn(attributes, name) ? attributes[name] : undefined;
  // An attribute that is not in the definition stays NULL.
  const codec = columnType?.codecFor(type) ?? unknownAttribute;
  const mustBeOwn = isInheritedByAll(name);
  return { name, mustBeOwn, oid: type.oid, codec, text: textEncoder(codec) };
}

const unknownAttribute: Codec<unknown> = {
  encode() {
    throw new LimitError("the definition has no such attribute");
  },
  decode: (input) => input.bytes(),
};

/** The layout of `record_recv` in src/backend/utils/adt/rowtypes.c. */
function compositeCodec<Value extends object>(
  attributes: readonly PlannedAttribute[],
): Codec<Value | string> {
  const names = attributes.map(({ name }) => name);
  return {
    encode(value, out) {
      if (typeof value === "string") {
        writeText(value, attributes, out);
      } else {
        writeObject(checkedObject(value, names), attributes, out);
      }
    },
    decode: (input) => readAttributes(input, attributes) as Value,
  };
}

function writeObject(
  value: Readonly<Record<string, unknown>>,
  attributes: readonly PlannedAttribute[],
  out: ByteWriter,
): void {
  out.int32(attributes.length);
  for (const attribute of attributes) {
    const { name, mustBeOwn, codec } = attribute;
    const isMissing = mustBeOwn && !Object.hasOwn(value, name);
    writeAttribute(attribute, codec, isMissing ? null : value[name], out);
  }
}

function writeText(value: string, attributes: readonly PlannedAttribute[], out: ByteWriter): void {
  const texts = parseComposite(value);
  if (texts.length !== attributes.length) {
    throw new LimitError(
      `the type has ${attributes.length} attributes, ${describeValue(value)} has ${texts.length}`,
    );
  }
  out.int32(attributes.length);
  for (const [i, attribute] of attributes.entries()) {
    writeAttribute(attribute, attribute.text, texts[i], out);
  }
}

function writeAttribute<Value>(
  { name, oid }: PlannedAttribute,
  encoder: Encoder<Value>,
  value: Value | null | undefined,
  out: ByteWriter,
): void {
  out.int32(oid);
  try {
    writeField(encoder, value, out);
  } catch (error) {
    throw new TypeError(`attribute ${JSON.stringify(name)}: ${reasonOf(error)}`, { cause: error });
  }
}

function checkedObject(
  value: unknown,
  names: readonly string[],
): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw wrongKind("an object of attributes or a string", value);
  }
  const keys = Object.keys(value);
  const unknown = keys.find((key) => !names.includes(key));
  if (unknown !== undefined) {
    throw new LimitError(`the type has no attribute ${JSON.stringify(unknown)}`);
  }
  if (keys.length === 0 && !isKeylessRecord(value, names)) {
    throw wrongKind("an object of attributes or a string", value);
  }
  return value as Readonly<Record<string, unknown>>;
}

function readAttributes(input: ByteReader, attributes: readonly PlannedAttribute[]): object {
  const count = input.int32();
  const entries: [string, unknown][] = [];
  for (let i = 0; i < count; i++) {
    const { name, codec } = attributes[i]!;
    input.int32();
    entries.push([name, readField(codec, input)]);
  }
  return Object.fromEntries(entries);
}
