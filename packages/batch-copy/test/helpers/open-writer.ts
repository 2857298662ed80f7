import { ByteWriter } from "../../dist/bytes/byte-writer.js";
import type { Codec } from "../../dist/codecs/codec.js";

/** A writer whose bytes can be looked at; it begins tiny, so that values make it grow. */
export class OpenWriter extends ByteWriter {
  constructor() {
    super(Buffer.alloc(8));
  }

  get written(): Buffer {
    return Buffer.from(this.buffer.subarray(0, this.position));
  }

  get hex(): string {
    return this.written.toString("hex");
  }
}

/** The payload that the codec writes for the value. */
export function payloadOf(codec: Codec<unknown>, value: unknown): Buffer {
  const out = new OpenWriter();
  codec.encode(value, out);
  return out.written;
}
