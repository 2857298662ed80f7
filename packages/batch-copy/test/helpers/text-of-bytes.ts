import { textEncoder, type Codec } from "../../dist/codecs/codec.js";
import { textField } from "../../dist/encoded/text-field.js";
import { OpenWriter } from "./open-writer.js";

/** What a codec writes in hexadecimal, or why it refuses. */
export type Written = string;

/** What the codec writes for a text in the middle of other bytes, which look like more of it. */
export function writtenOfBytes(codec: Codec<unknown>, text: Uint8Array): Written {
  const bytes = Buffer.concat([Buffer.from("1:+0"), text, Buffer.from("0.5:17+01")]);
  return written((out) => textField(codec)(bytes, 4, 4 + text.length, out));
}

/** What it writes for the same text as a string: the reference. */
export function writtenOfString(codec: Codec<unknown>, text: string): Written {
  return written((out) => textEncoder(codec).encode(text, out));
}

export function written(write: (out: OpenWriter) => void): Written {
  const out = new OpenWriter();
  try {
    write(out);
  } catch (error) {
    return String(error);
  }
  return out.hex;
}
