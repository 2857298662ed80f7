import type { SchemaElement, SchemaTree } from "hyparquet/src/types.js";

import { leafTypeOf, type LeafType } from "./leaf-type.js";

/** What all parts of a column have. */
interface Node {
  /** The definition level from which on it is not NULL. */
  readonly definition: number;
  /** The leaves within it, or itself. */
  readonly leaves: readonly LeafNode[];
}

/** A part with values of its own: it is a column of the file. */
export interface LeafNode extends Node {
  readonly kind: "leaf";
  /** Which of the file's columns it is. */
  readonly index: number;
  readonly path: readonly string[];
  readonly element: SchemaElement;
  readonly type: LeafType;
  readonly repetition: number;
}

/** A list, or a map, which is a list of keys and values. */
interface RepeatedNode extends Node {
  /** The definition level from which on there is an element. */
  readonly elementDefinition: number;
  /** The repetition level of a further element. */
  readonly repetition: number;
}

export interface ListNode extends RepeatedNode {
  readonly kind: "list";
  readonly element: SchemaNode;
}

export interface MapNode extends RepeatedNode {
  readonly kind: "map";
  readonly key: SchemaNode;
  readonly value: SchemaNode;
}

export interface StructNode extends Node {
  readonly kind: "struct";
  readonly fields: readonly { readonly name: string; readonly node: SchemaNode }[];
}

/** A part of a column, or a column. */
export type SchemaNode = LeafNode | ListNode | MapNode | StructNode;

/** A column of the table. */
export interface ParquetColumn {
  readonly name: string;
  /** The type that fits, as in CREATE TABLE. */
  readonly sqlType: string;
  readonly node: SchemaNode;
}

/** The columns that can be read, and the names of those that cannot, with the reason. */
export interface ParquetSchema {
  readonly columns: readonly ParquetColumn[];
  readonly unreadable: ReadonlyMap<string, string>;
}

/** Finds out which columns the root of a schema has, and how their parts are nested. */
export function schemaOf(root: SchemaTree): ParquetSchema {
  const columns: ParquetColumn[] = [];
  const unreadable = new Map<string, string>();
  const builder = new SchemaBuilder();
  for (const tree of root.children) {
    const { name } = tree.element;
    const node = builder.build(tree);
    if (typeof node === "string") {
      unreadable.set(name, node);
    } else {
      columns.push({ name, sqlType: sqlTypeOf(node), node });
    }
  }
  return { columns, unreadable };
}

function sqlTypeOf(node: SchemaNode): string {
  return isArray(node)
    ? `${elementType(node).sql}[]`
    : node.kind === "leaf"
      ? node.type.sql
      : "jsonb";
}

/** Whether it is a list, or a list of lists, of values other than JSON: an array of PostgreSQL. */
export function isArray(node: SchemaNode): node is ListNode {
  return node.kind === "list" && isArrayElement(node.element);
}

function isArrayElement(node: SchemaNode): boolean {
  return node.kind === "leaf" ? node.type.bytes !== "document" : isArray(node);
}

function elementType(node: ListNode): LeafType {
  const [leaf] = node.leaves;
  return leaf!.type;
}

/** The rules for lists and maps are those of LogicalTypes.md of the format, with the old ones. */
class SchemaBuilder {
  #leafCount = 0;
  #problem: string | undefined;

  /** The node of a column, or why it cannot be read. */
  build(tree: SchemaTree): SchemaNode | string {
    this.#problem = undefined;
    const node = this.#node(tree, 0, 0);
    return this.#problem ?? node;
  }

  #node(tree: SchemaTree, definition: number, repetition: number): SchemaNode {
    const { repetition_type } = tree.element;
    if (repetition_type === "REPEATED") {
      const element = this.#required(tree, definition + 1, repetition + 1);
      return list(definition, repetition + 1, element);
    }
    return this.#required(tree, definition + (repetition_type === "OPTIONAL" ? 1 : 0), repetition);
  }

  /** The node, apart from whether it is optional or repeated. */
  #required(tree: SchemaTree, definition: number, repetition: number): SchemaNode {
    const { element, children } = tree;
    const annotation = element.logical_type?.type ?? element.converted_type;
    const [child] = children;
    if (child === undefined) {
      return this.#leaf(tree, definition, repetition);
    }
    if (annotation === "VARIANT") {
      this.#problem = "the type VARIANT is not supported";
    }
    if (children.length === 1 && child.element.repetition_type === "REPEATED") {
      if (annotation === "LIST") {
        const inner = isItself(tree, child) ? undefined : child.children[0];
        const node = inner
          ? this.#node(inner, definition + 1, repetition + 1)
          : this.#required(child, definition + 1, repetition + 1);
        return list(definition, repetition + 1, node);
      }
      const isMap = annotation === "MAP" || annotation === "MAP_KEY_VALUE";
      if (isMap && child.children.length === 2) {
        return this.#map(child, definition, repetition);
      }
    }
    const fields = children.map((each) => ({
      name: each.element.name,
      node: this.#node(each, definition, repetition),
    }));
    const leaves = fields.flatMap(({ node }) => node.leaves);
    return { kind: "struct", definition, leaves, fields };
  }

  #map(entries: SchemaTree, definition: number, repetition: number): MapNode {
    const [key, value] = entries.children.map((each) =>
      this.#node(each, definition + 1, repetition + 1),
    );
    return {
      kind: "map",
      definition,
      elementDefinition: definition + 1,
      repetition: repetition + 1,
      leaves: [...key!.leaves, ...value!.leaves],
      key: key!,
      value: value!,
    };
  }

  #leaf({ element, path }: SchemaTree, definition: number, repetition: number): LeafNode {
    const type = leafTypeOf(element);
    if (type === undefined) {
      this.#problem = `the type ${element.type ?? "of a group without fields"} is not supported`;
    }
    const index = element.type === undefined ? -1 : this.#leafCount++;
    const leaf = { kind: "leaf", definition, repetition, index, path, element } as const;
    const leaves: LeafNode[] = [];
    const node: LeafNode = { ...leaf, type: type!, leaves };
    leaves.push(node);
    return node;
  }
}

function list(definition: number, repetition: number, element: SchemaNode): ListNode {
  const elementDefinition = definition + 1;
  return {
    kind: "list",
    definition,
    elementDefinition,
    repetition,
    leaves: element.leaves,
    element,
  };
}

/** Whether the repeated group of a list is the element, as old writers have it. */
function isItself(tree: SchemaTree, repeated: SchemaTree): boolean {
  const { name } = repeated.element;
  const [only, ...others] = repeated.children;
  return (
    only === undefined ||
    others.length > 0 ||
    only.element.repetition_type === "REPEATED" ||
    name === "array" ||
    name === `${tree.element.name}_tuple`
  );
}
