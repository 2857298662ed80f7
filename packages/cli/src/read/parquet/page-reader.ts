import { crc32 } from "node:zlib";

import { parquetHeader } from "hyparquet/src/column.js";
import { decompressPage } from "hyparquet/src/datapage.js";
import type { ColumnMetaData, PageHeader } from "hyparquet/src/types.js";

import { compressors } from "./compressors.js";
import {
  decodePage,
  readPlainValues,
  type Dictionary,
  type Page,
  type PageLayout,
} from "./page.js";
import type { LeafNode } from "./schema.js";

/** Reads bytes of a file. */
export interface FileBytes {
  readonly byteLength: number;
  /** @throws ParquetError if the file ends before `end` */
  read(start: number, end: number): Promise<Uint8Array>;
}

/** What is read of a file before it is known how long a page is. */
const FIRST_BYTES = 16 * 1024;
/** A header may have the least and the greatest value of its page. */
const MOST_HEADER_BYTES = 16 * 1024 * 1024;

/** Reads the pages of one column in one row group, one at a time. */
export class PageReader {
  readonly #file: FileBytes;
  readonly #metadata: ColumnMetaData;
  readonly #leaf: LeafNode;
  #dictionary: Dictionary | undefined;
  /** Where the next page begins, and how many entries there are from there on. */
  #at: number;
  #entriesLeft: number;

  constructor(file: FileBytes, metadata: ColumnMetaData, leaf: LeafNode) {
    this.#file = file;
    this.#metadata = metadata;
    this.#leaf = leaf;
    // Some writers leave the place of the dictionary out, or set it to 0.
    this.#at = Number(metadata.dictionary_page_offset || metadata.data_page_offset);
    this.#entriesLeft = Number(metadata.num_values);
  }

  /** Whether there are no more pages. */
  get isAtEnd(): boolean {
    return this.#entriesLeft === 0;
  }

  /**
   * Reads the next page, or passes it over and returns the number of its entries.
   *
   * @param unwanted how many entries are not wanted: a page that has no more of them is not decoded
   */
  async next(unwanted: number): Promise<Page | number> {
    for (;;) {
      const { header, bytes } = await this.#read();
      if (header.crc !== undefined && crc32(bytes) !== header.crc >>> 0) {
        throw new Error("the checksum of a page is wrong");
      }
      const layout = layoutOf(header);
      if (layout === undefined) {
        this.#readDictionary(header, bytes);
        continue;
      }
      if (!(layout.entries >= 0 && layout.entries <= this.#entriesLeft)) {
        throw new Error(`a page has ${layout.entries} entries where ${this.#entriesLeft} are left`);
      }
      this.#entriesLeft -= layout.entries;
      return layout.entries <= unwanted
        ? layout.entries
        : decodePage(this.#decompress(header, bytes), layout, this.#leaf, this.#dictionary);
    }
  }

  /** Reads the header and the bytes of the page that is next in the file. */
  async #read(): Promise<{ header: PageHeader; bytes: Uint8Array }> {
    const start = this.#at;
    let window = await this.#window(start, FIRST_BYTES);
    let reader = readHeader(window);
    while (reader instanceof Error) {
      const isWhole = start + window.length === this.#file.byteLength;
      if (isWhole || window.length >= MOST_HEADER_BYTES) {
        throw reader;
      }
      window = await this.#window(start, window.length * 8);
      reader = readHeader(window);
    }
    const { header, length } = reader;
    const pageBytes = header.compressed_page_size;
    if (!(pageBytes >= 0 && header.uncompressed_page_size >= 0)) {
      throw new Error("the header of a page has no valid length");
    }
    const end = length + pageBytes;
    this.#at += end;
    const bytes =
      end <= window.length
        ? window.subarray(length, end)
        : await this.#file.read(start + length, start + end);
    return { header, bytes };
  }

  #window(start: number, length: number): Promise<Uint8Array> {
    return this.#file.read(start, Math.min(start + length, this.#file.byteLength));
  }

  #readDictionary(header: PageHeader, bytes: Uint8Array): void {
    const dictionary = header.dictionary_page_header;
    if (dictionary === undefined) {
      // An index page, which no reader needs.
      return;
    }
    const page = decompressPage(
      bytes,
      header.uncompressed_page_size,
      this.#metadata.codec,
      compressors,
    );
    const view = new DataView(page.buffer, page.byteOffset, page.byteLength);
    const values = readPlainValues({ view, offset: 0 }, dictionary.num_values, this.#leaf);
    this.#dictionary = { values, converted: [] };
  }

  /** The bytes of the page; of the second version, only the values are compressed. */
  #decompress(header: PageHeader, bytes: Uint8Array): Uint8Array {
    const { uncompressed_page_size: size, data_page_header_v2: second } = header;
    const { codec } = this.#metadata;
    if (second === undefined) {
      return decompressPage(bytes, size, codec, compressors);
    }
    const levels = second.repetition_levels_byte_length + second.definition_levels_byte_length;
    if (!(levels >= 0 && levels <= bytes.length && levels <= size)) {
      throw new Error("the levels of a page are longer than the page");
    }
    if (second.is_compressed === false || codec === "UNCOMPRESSED" || levels === size) {
      return bytes;
    }
    const values = decompressPage(bytes.subarray(levels), size - levels, codec, compressors);
    return Buffer.concat([bytes.subarray(0, levels), values]);
  }
}

function readHeader(window: Uint8Array): { header: PageHeader; length: number } | Error {
  const view = new DataView(window.buffer, window.byteOffset, window.byteLength);
  const reader = { view, offset: 0 };
  try {
    const header = parquetHeader(reader);
    return { header, length: reader.offset };
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** What the header says of a page with data, or undefined for another page. */
function layoutOf(header: PageHeader): PageLayout | undefined {
  const { data_page_header: first, data_page_header_v2: second } = header;
  if (second !== undefined) {
    if ((second.num_nulls as number | undefined) === undefined) {
      throw new Error("the header of a page does not say how many NULLs it has");
    }
    return {
      entries: second.num_values,
      encoding: second.encoding,
      nulls: second.num_nulls,
      repetitionBytes: second.repetition_levels_byte_length,
      definitionBytes: second.definition_levels_byte_length,
    };
  }
  if (first === undefined) {
    return undefined;
  }
  return {
    entries: first.num_values,
    encoding: first.encoding,
    nulls: undefined,
    repetitionBytes: undefined,
    definitionBytes: undefined,
  };
}
