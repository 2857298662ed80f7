import { CompactWriter } from "./compact-writer.js";

/** A column of rows. None of its values is NULL. */
export type ParquetColumn<Row> = { readonly name: string } & (
  | { readonly type: "int64"; readonly valueOf: (row: Row) => number }
  | { readonly type: "boolean"; readonly valueOf: (row: Row) => boolean }
  | { readonly type: "text"; readonly valueOf: (row: Row) => string }
);

interface Chunk {
  readonly offset: number;
  readonly bytes: number;
}

const MAGIC = Buffer.from("PAR1");

/** Numbers of https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift */
const PHYSICAL_TYPES = { boolean: 0, int64: 2, text: 6 } as const;
const UTF8 = 0;
const REQUIRED = 0;
const PLAIN = 0;
const RLE = 3;
const UNCOMPRESSED = 0;
const DATA_PAGE = 0;

/** Writes a Parquet file of plain values, with one page for each column of a row group. */
export function writeParquet<Row>(
  columns: readonly ParquetColumn<Row>[],
  groups: readonly (readonly Row[])[],
): Buffer {
  const parts: Buffer[] = [MAGIC];
  let offset = MAGIC.length;
  const chunks = groups.map((rows) =>
    columns.map((column): Chunk => {
      const values = plainValues(column, rows);
      const header = pageHeader(rows.length, values.length);
      parts.push(header, values);
      const chunk = { offset, bytes: header.length + values.length };
      offset += chunk.bytes;
      return chunk;
    }),
  );
  const footer = fileMetaData(columns, groups, chunks);
  const footerLength = Buffer.alloc(4);
  footerLength.writeUInt32LE(footer.length);
  return Buffer.concat([...parts, footer, footerLength, MAGIC]);
}

function plainValues<Row>(column: ParquetColumn<Row>, rows: readonly Row[]): Buffer {
  switch (column.type) {
    case "int64":
      return Buffer.from(BigInt64Array.from(rows, (row) => BigInt(column.valueOf(row))).buffer);
    case "boolean": {
      const bits = Buffer.alloc(Math.ceil(rows.length / 8));
      rows.forEach((row, index) => {
        bits[index >> 3]! |= Number(column.valueOf(row)) << (index & 7);
      });
      return bits;
    }
    case "text":
      return Buffer.concat(
        rows.flatMap((row) => {
          const text = Buffer.from(column.valueOf(row));
          const length = Buffer.alloc(4);
          length.writeUInt32LE(text.length);
          return [length, text];
        }),
      );
  }
}

function pageHeader(rows: number, bytes: number): Buffer {
  return new CompactWriter()
    .int(1, DATA_PAGE)
    .int(2, bytes)
    .int(3, bytes)
    .struct(5, (header) => header.int(1, rows).int(2, PLAIN).int(3, RLE).int(4, RLE))
    .end();
}

function fileMetaData<Row>(
  columns: readonly ParquetColumn<Row>[],
  groups: readonly (readonly Row[])[],
  chunks: readonly (readonly Chunk[])[],
): Buffer {
  const rowCount = groups.reduce((sum, rows) => sum + rows.length, 0);
  return new CompactWriter()
    .int(1, 1)
    .structs(2, [undefined, ...columns], (element, column) => {
      if (column === undefined) {
        return element.text(4, "schema").int(5, columns.length);
      }
      const typed = element.int(1, PHYSICAL_TYPES[column.type]).int(3, REQUIRED);
      typed.text(4, column.name);
      return column.type === "text" ? typed.int(6, UTF8) : typed;
    })
    .long(3, rowCount)
    .structs(4, groups, (group, rows, number) =>
      group
        .structs(1, columns, (element, column, at) => {
          const { offset, bytes } = chunks[number]![at]!;
          return element
            .long(2, offset)
            .struct(3, (data) =>
              data
                .int(1, PHYSICAL_TYPES[column.type])
                .ints(2, [PLAIN])
                .texts(3, [column.name])
                .int(4, UNCOMPRESSED)
                .long(5, rows.length)
                .long(6, bytes)
                .long(7, bytes)
                .long(9, offset),
            );
        })
        .long(
          2,
          chunks[number]!.reduce((sum, { bytes }) => sum + bytes, 0),
        )
        .long(3, rows.length),
    )
    .end();
}
