import type { Copier, RowEncoder } from "../../../dist/index.js";
import type { OpenSink } from "./sink.js";
import type { SourceRow } from "./unit.js";

/** Blocks have so many rows. */
const ROWS_A_BLOCK = 25;

/**
 * A source of one copier that gets blocks of encoded rows. Units of several rows come between them by
 * `sendMany()`.
 */
export function encodedSink(copier: Copier<SourceRow>, name: string, start: number): OpenSink {
  return async () => {
    const source = await copier.source(name, { start });
    // The blocks of the last one may have been refused.
    const encoder = copier.encoder();
    const sendBlock = (): Promise<void> => source.sendEncoded(encoder.take());
    return {
      get position() {
        return Number(source.position);
      },
      async send(position, unit) {
        if (unit?.length === 1) {
          encode(encoder, unit[0]!, position);
          await (encoder.rows >= ROWS_A_BLOCK ? sendBlock() : undefined);
        } else {
          await sendBlock();
          await source.sendMany(unit ?? [], position);
        }
      },
      async advance(position) {
        await sendBlock();
        await source.advance(position);
      },
      async flush() {
        await sendBlock();
        await source.flush();
      },
      async close() {
        await sendBlock();
        await source.close();
      },
    };
  };
}

/** Half of the rows from bytes, half from values. */
function encode(encoder: RowEncoder, row: SourceRow, position: number): void {
  for (const { key } of encoder.columns) {
    const value = row[key as keyof SourceRow];
    if (position % 2 === 0) {
      encoder.value(value);
    } else {
      const bytes = Buffer.from(String(value));
      encoder.text(bytes, 0, bytes.length);
    }
  }
  encoder.endRow(position);
}
