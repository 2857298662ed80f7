// Reads what is given as its argument, `-` for stdin, and prints what it is and what it has read.
import { openInput } from "../../dist/input/open-input.js";
import { bytesOf } from "./bytes-of.js";

const [path = "-", compression] = process.argv.slice(2);
const input = await openInput(path, compression === "none" ? { compression } : {});
const started = { format: input.format, compression: input.compression, start: input.start.length };
process.stdout.write(`${JSON.stringify(started)}\n`);
const { bytes, error } = await bytesOf(input.chunks(0));
const ended = {
  bytes: bytes.length,
  end: bytes.toString("latin1").slice(-8),
  error: error?.message,
};
process.stdout.write(`${JSON.stringify(ended)}\n`);
