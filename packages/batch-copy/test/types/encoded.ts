// Checked by the compiler: each line below @ts-expect-error must not compile.
import {
  RowEncoder,
  type Copier,
  type EncodedRows,
  type EncoderColumn,
  type Rejection,
  type Source,
} from "../../dist/index.js";

interface Row {
  readonly id: number;
  readonly note?: string | null;
}

export async function calls(copier: Copier<Row>, source: Source<Row>): Promise<number> {
  const encoder: RowEncoder = copier.encoder();
  const columns: readonly EncoderColumn[] = encoder.columns;
  const names: string[] = columns.map(
    ({ key, name, isNullable }) => `${key} ${name} ${isNullable}`,
  );
  encoder.text(Buffer.from("1"), 0, 1);
  encoder.text(new Uint8Array(1), 0, 1);
  encoder.value(1n);
  encoder.null();
  encoder.endRow(1);
  encoder.undoRow();
  const rows: EncodedRows = encoder.take();
  await source.sendEncoded(rows);
  await source.sendEncoded(rows, { signal: AbortSignal.timeout(1) });
  await copier.sendEncoded(rows);
  await copier.sendEncoded(rows, { signal: undefined });
  // @ts-expect-error a text is bytes, and value() takes strings
  encoder.text("1", 0, 1);
  // @ts-expect-error positions of encoded rows are numbers
  encoder.endRow(1n);
  // @ts-expect-error the columns are those of the table
  encoder.columns = [];
  // @ts-expect-error a copier makes encoders
  void new RowEncoder();
  // @ts-expect-error only an encoder has encoded rows
  await copier.sendEncoded([{ id: 1 }]);
  // @ts-expect-error encoded rows are valid
  await source.sendEncoded(rows, { invalid: "dead-letter" });
  return names.length + rows.count + rows.bytes + encoder.rows + encoder.bytes;
}

export function position(rejection: Rejection<Row>): bigint | undefined {
  return rejection.position;
}
