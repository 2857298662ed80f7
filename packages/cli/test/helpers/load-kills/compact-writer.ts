/** Types of fields: https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md */
const INT = 5;
const LONG = 6;
const BINARY = 8;
const LIST = 9;
const STRUCT = 12;

type Fill = (struct: CompactWriter) => CompactWriter;

/** Writes a struct in the compact protocol of Thrift. Fields come in the order of their ids. */
export class CompactWriter {
  readonly #bytes: number[] = [];
  #lastId = 0;

  int(id: number, value: number): this {
    return this.#field(id, INT).#zigzag(value);
  }

  long(id: number, value: number): this {
    return this.#field(id, LONG).#zigzag(value);
  }

  text(id: number, value: string): this {
    return this.#field(id, BINARY).#text(value);
  }

  struct(id: number, fill: Fill): this {
    return this.#field(id, STRUCT).#struct(fill);
  }

  ints(id: number, values: readonly number[]): this {
    this.#list(id, INT, values.length);
    values.forEach((value) => this.#zigzag(value));
    return this;
  }

  texts(id: number, values: readonly string[]): this {
    this.#list(id, BINARY, values.length);
    values.forEach((value) => this.#text(value));
    return this;
  }

  structs<Item>(
    id: number,
    items: readonly Item[],
    fill: (struct: CompactWriter, item: Item, index: number) => CompactWriter,
  ): this {
    this.#list(id, STRUCT, items.length);
    items.forEach((item, index) => this.#struct((struct) => fill(struct, item, index)));
    return this;
  }

  /** The struct, complete. */
  end(): Buffer {
    return Buffer.from([...this.#bytes, 0]);
  }

  #field(id: number, type: number): this {
    this.#bytes.push(((id - this.#lastId) << 4) | type);
    this.#lastId = id;
    return this;
  }

  #list(id: number, type: number, length: number): void {
    this.#field(id, LIST);
    if (length < 15) {
      this.#bytes.push((length << 4) | type);
    } else {
      this.#bytes.push(0xf0 | type);
      this.#varint(length);
    }
  }

  #struct(fill: Fill): this {
    this.#bytes.push(...fill(new CompactWriter()).end());
    return this;
  }

  #text(value: string): this {
    const bytes = Buffer.from(value);
    this.#varint(bytes.length);
    this.#bytes.push(...bytes);
    return this;
  }

  /** Of numbers that are not negative. */
  #zigzag(value: number): this {
    this.#varint(value * 2);
    return this;
  }

  #varint(value: number): void {
    let rest = value;
    for (; rest >= 128; rest = Math.floor(rest / 128)) {
      this.#bytes.push((rest % 128) | 128);
    }
    this.#bytes.push(rest);
  }
}
