import { type Fields, NULL_FIELD, SCRATCH_FIELD, VALUE_FIELD } from "../fields.js";
import type { Scratch } from "../scratch.js";
import { arrayBuilder, Assembler, jsonBuilder } from "./assembler.js";
import { LeafStream } from "./leaf-stream.js";
import type { LeafType } from "./leaf-type.js";
import type { PageReader } from "./page-reader.js";
import { isArray, type LeafNode, type SchemaNode } from "./schema.js";

/**
 * How the values of a column are handed on. `value`: as the codec of its own type takes them, see
 * `sqlType`. `text`: as text, for a column of another type; the elements of arrays too. `json`: as JSON.
 * What is neither a plain value nor an array is JSON in each case.
 */
export type FieldForm = "value" | "text" | "json";

/** Puts the values of a column into a field, row by row. */
export interface ColumnSource {
  readonly streams: readonly LeafStream<unknown>[];
  /**
   * Reads the value of the next row into field `index`.
   *
   * @throws RangeError for a value that PostgreSQL cannot store; the next call reads the next row
   */
  put(fields: Fields, index: number): void;
}

type Open = (leaf: LeafNode) => PageReader;

/** Opens a column in a row group. */
export function openColumn(
  node: SchemaNode,
  form: FieldForm,
  open: Open,
  scratch: Scratch,
): ColumnSource {
  if (form !== "json" && isArray(node)) {
    return openArray(node, form, open);
  }
  if (node.kind !== "leaf") {
    return openDocument(node, open, scratch);
  }
  const { bytes } = node.type;
  const isBytes = bytes === "document" || (bytes === "text" && form !== "json");
  return isBytes ? openBytes(node, open, scratch) : openLeaf(node, form, open, scratch);
}

/** UTF-8 is copied as it is. */
function openBytes(node: LeafNode, open: Open, scratch: Scratch): ColumnSource {
  const stream = new LeafStream(node, open(node), (raw) => raw as Uint8Array);
  return {
    streams: [stream],
    put(fields, index) {
      const bytes = stream.next();
      if (bytes === null) {
        fields.kinds[index] = NULL_FIELD;
        return;
      }
      scratch.reserve(bytes.length).set(bytes, scratch.end);
      putScratch(fields, index, scratch, bytes.length);
    },
  };
}

function openLeaf(node: LeafNode, form: FieldForm, open: Open, scratch: Scratch): ColumnSource {
  const stream = new LeafStream<unknown>(node, open(node), converter(node.type, form));
  return {
    streams: [stream],
    put(fields, index) {
      const value = stream.next();
      if (value === null) {
        fields.kinds[index] = NULL_FIELD;
      } else if (form === "json") {
        putText(fields, index, scratch, value as string);
      } else {
        fields.kinds[index] = VALUE_FIELD;
        fields.values[index] = value;
      }
    },
  };
}

function openArray(node: SchemaNode, form: FieldForm, open: Open): ColumnSource {
  const streams = node.leaves.map((leaf) => {
    // The elements of an array are JavaScript values: bytes that are text are strings there.
    const elementForm = leaf.type.bytes === "text" ? "text" : form;
    return new LeafStream<unknown>(leaf, open(leaf), converter(leaf.type, elementForm));
  });
  const assembler = new Assembler(streams, arrayBuilder);
  return {
    streams,
    put(fields, index) {
      const value = assembler.read(node);
      fields.kinds[index] = value === null ? NULL_FIELD : VALUE_FIELD;
      fields.values[index] = value;
    },
  };
}

function openDocument(node: SchemaNode, open: Open, scratch: Scratch): ColumnSource {
  const streams = node.leaves.map(
    (leaf) => new LeafStream(leaf, open(leaf), (raw) => leaf.type.json(raw)),
  );
  const assembler = new Assembler(streams, jsonBuilder);
  return {
    streams,
    put(fields, index) {
      const document = assembler.read(node);
      if (document === null) {
        fields.kinds[index] = NULL_FIELD;
      } else {
        putText(fields, index, scratch, document);
      }
    },
  };
}

function converter(type: LeafType, form: FieldForm): (raw: unknown) => unknown {
  return (raw) => type[form](raw);
}

function putText(fields: Fields, index: number, scratch: Scratch, text: string): void {
  // A code unit takes at most three bytes.
  const buffer = scratch.reserve(text.length * 3);
  const { written } = encoder.encodeInto(text, buffer.subarray(scratch.end));
  putScratch(fields, index, scratch, written);
}

const encoder = new TextEncoder();

function putScratch(fields: Fields, index: number, scratch: Scratch, length: number): void {
  fields.kinds[index] = SCRATCH_FIELD;
  fields.starts[index] = scratch.end;
  scratch.end += length;
  fields.ends[index] = scratch.end;
}
