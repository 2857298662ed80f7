import { open, type FileHandle } from "node:fs/promises";

import { parquetMetadataAsync, parquetSchema, type FileMetaData, type RowGroup } from "hyparquet";

import { PageReader, type FileBytes } from "./page-reader.js";
import { ParquetError } from "./parquet-error.js";
import { schemaOf, type LeafNode, type ParquetColumn } from "./schema.js";

/** Rows of a file that are stored together, column by column. */
interface Group {
  /** The number of its first row in the file, counted from 0. */
  readonly firstRow: number;
  readonly rows: number;
  readonly columns: RowGroup["columns"];
}

const MAGIC = "PAR1";
/** What a file has in place of the other if its footer is encrypted. */
const ENCRYPTED_MAGIC = "PARE";

/**
 * Opens a Parquet file, and reads its schema.
 *
 * @throws ParquetError if it is none, is damaged or is encrypted
 */
export async function openParquet(path: string): Promise<ParquetFile> {
  const handle = await open(path);
  try {
    const bytes = new OpenFile(handle, (await handle.stat()).size);
    await checkMagic(bytes);
    const slice = async (start: number, end = bytes.byteLength): Promise<ArrayBuffer> =>
      (await bytes.read(start, end)).buffer;
    const file = { byteLength: bytes.byteLength, slice };
    return new ParquetFile(handle, bytes, await parquetMetadataAsync(file, { geoparquet: false }));
  } catch (error) {
    await handle.close();
    throw ParquetError.of(path, error);
  }
}

/** An open Parquet file. */
export class ParquetFile {
  /** Its columns that can be read. */
  readonly columns: readonly ParquetColumn[];
  /** The names of the others, with the reasons. */
  readonly unreadable: ReadonlyMap<string, string>;
  readonly rowCount: number;
  readonly groups: readonly Group[];
  readonly #handle: FileHandle;
  readonly #bytes: FileBytes;

  constructor(handle: FileHandle, bytes: FileBytes, metadata: FileMetaData) {
    this.#handle = handle;
    this.#bytes = bytes;
    const { columns, unreadable } = schemaOf(parquetSchema(metadata));
    this.columns = columns;
    this.unreadable = unreadable;
    let firstRow = 0;
    this.groups = metadata.row_groups.map((group) => {
      const rows = Number(group.num_rows);
      if (rows < 0) {
        throw new Error("its footer is damaged: a row group has a negative number of rows");
      }
      firstRow += rows;
      return { firstRow: firstRow - rows, rows, columns: group.columns };
    });
    this.rowCount = firstRow;
    if (firstRow !== Number(metadata.num_rows)) {
      throw new Error("its footer is damaged: the numbers of rows differ");
    }
  }

  /** The pages of a leaf in a group. */
  pagesOf(leaf: LeafNode, group: Group): PageReader {
    const chunk = group.columns[leaf.index];
    const metadata = chunk?.meta_data;
    if (metadata === undefined || chunk?.crypto_metadata !== undefined) {
      throw new Error("it is encrypted, or the footer of the file is damaged");
    }
    if (chunk?.file_path !== undefined && chunk.file_path !== "") {
      throw new Error(`its data is in another file: ${chunk.file_path}`);
    }
    return new PageReader(this.#bytes, metadata, leaf);
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}

async function checkMagic(bytes: FileBytes): Promise<void> {
  const length = MAGIC.length;
  if (bytes.byteLength < 3 * length) {
    throw new Error("it is too short for a Parquet file");
  }
  const first = await bytes.read(0, length);
  const last = await bytes.read(bytes.byteLength - length, bytes.byteLength);
  const ends = [first, last].map((each) => Buffer.from(each).toString("latin1"));
  if (ends.includes(ENCRYPTED_MAGIC)) {
    throw new Error("its footer is encrypted, which is not supported");
  }
  if (ends[0] !== MAGIC) {
    throw new Error(`it is not a Parquet file, which begins with ${MAGIC}`);
  }
  if (ends[1] !== MAGIC) {
    throw new Error(`it does not end with ${MAGIC}: the file was not written to its end`);
  }
}

/** The bytes of an open file. */
class OpenFile implements FileBytes {
  readonly byteLength: number;
  readonly #handle: FileHandle;

  constructor(handle: FileHandle, byteLength: number) {
    this.#handle = handle;
    this.byteLength = byteLength;
  }

  async read(start: number, end: number): Promise<Uint8Array<ArrayBuffer>> {
    if (!(start >= 0 && start <= end && end <= this.byteLength)) {
      throw new Error(`it refers to bytes ${start} to ${end} of ${this.byteLength}`);
    }
    const bytes = new Uint8Array(end - start);
    for (let at = 0; at < bytes.length;) {
      const { bytesRead } = await this.#handle.read(bytes, at, bytes.length - at, start + at);
      if (bytesRead === 0) {
        throw new Error("the file has become shorter");
      }
      at += bytesRead;
    }
    return bytes;
  }
}
