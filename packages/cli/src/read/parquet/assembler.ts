import type { LeafStream } from "./leaf-stream.js";
import type { ListNode, MapNode, SchemaNode, StructNode } from "./schema.js";

/** Makes values of their parts. */
export interface Builder<T> {
  /** What stands for NULL within a value. */
  readonly nothing: T;
  list(elements: T[]): T;
  struct(node: StructNode, values: T[]): T;
  map(keys: T[], values: T[]): T;
}

/**
 * Puts the values of nested columns together from the entries of their leaves: record assembly of the
 * Dremel paper ("Dremel: Interactive Analysis of Web-Scale Datasets", 2010).
 */
export class Assembler<T> {
  readonly #streams: readonly LeafStream<T>[];
  readonly #builder: Builder<T>;
  #error: RangeError | undefined;

  /** @param streams those of all leaves of the column, in their order */
  constructor(streams: readonly LeafStream<T>[], builder: Builder<T>) {
    this.#streams = streams;
    this.#builder = builder;
  }

  /**
   * The value of the next row, or null for NULL.
   *
   * @throws RangeError for a part that PostgreSQL cannot store, after all parts have been read
   */
  read(node: SchemaNode): T | null {
    this.#error = undefined;
    if (this.#streams.some((stream) => stream.repetition > 0)) {
      throw new Error("the parts of a column have different numbers of rows");
    }
    const isNull = this.#first(node).definition < node.definition;
    const value = this.#read(node);
    if (this.#error !== undefined) {
      throw this.#error;
    }
    return isNull ? null : value;
  }

  #read(node: SchemaNode): T {
    if (node.kind === "leaf") {
      return this.#leaf(this.#first(node));
    }
    if (this.#first(node).definition < node.definition) {
      this.#skip(node);
      return this.#builder.nothing;
    }
    switch (node.kind) {
      case "struct":
        return this.#builder.struct(
          node,
          node.fields.map((field) => this.#read(field.node)),
        );
      case "list": {
        const elements: T[] = [];
        this.#forEach(node, () => elements.push(this.#read(node.element)));
        return this.#builder.list(elements);
      }
      case "map": {
        const keys: T[] = [];
        const values: T[] = [];
        this.#forEach(node, () => {
          keys.push(this.#read(node.key));
          values.push(this.#read(node.value));
        });
        return this.#builder.map(keys, values);
      }
    }
  }

  #leaf(stream: LeafStream<T>): T {
    try {
      return stream.next() ?? this.#builder.nothing;
    } catch (error) {
      if (!(error instanceof RangeError)) {
        throw error;
      }
      this.#error ??= error;
      return this.#builder.nothing;
    }
  }

  #forEach(node: ListNode | MapNode, read: () => void): void {
    const first = this.#first(node);
    if (first.definition < node.elementDefinition) {
      this.#skip(node);
      return;
    }
    do {
      read();
    } while (first.repetition === node.repetition);
  }

  /** Passes over the entry that stands for a NULL or an empty list in each leaf. */
  #skip(node: SchemaNode): void {
    for (const leaf of node.leaves) {
      this.#streamOf(leaf.index).skipEntry();
    }
  }

  #first(node: SchemaNode): LeafStream<T> {
    return this.#streamOf(node.leaves[0]!.index);
  }

  /** The leaves of a column are columns of the file that follow one another. */
  #streamOf(index: number): LeafStream<T> {
    return this.#streams[index - this.#streams[0]!.leaf.index]!;
  }
}

/** Arrays of arrays of values. */
export const arrayBuilder: Builder<unknown> = {
  nothing: null,
  list: (elements) => elements,
  struct: refuseObject,
  map: refuseObject,
};

/** The texts of JSON documents. */
export const jsonBuilder: Builder<string> = {
  nothing: "null",
  list: (elements) => `[${elements.join(",")}]`,
  struct(node, values) {
    const members = node.fields.map(({ name }, i) => `${JSON.stringify(name)}:${values[i]}`);
    return `{${members.join(",")}}`;
  },
  map(keys, values) {
    const members = keys.map(
      (key, i) => `${key[0] === '"' ? key : JSON.stringify(key)}:${values[i]}`,
    );
    return `{${members.join(",")}}`;
  },
};

function refuseObject(): never {
  throw new Error("an array of PostgreSQL has no structs or maps in it");
}
