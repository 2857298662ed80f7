/** A file that is not a Parquet file, is damaged, or has something that the reader does not know. */
export class ParquetError extends Error {
  override name = "ParquetError";

  /** Says what could not be read, and keeps the error that says why. */
  static of(what: string, error: unknown): ParquetError {
    if (error instanceof ParquetError) {
      return error;
    }
    return new ParquetError(`Cannot read ${what}: ${problemOf(error)}`, { cause: error });
  }
}

/** Errors of the system are for the user. What decoders say of bytes they did not expect is not. */
function problemOf(error: unknown): string {
  if (!(error instanceof Error)) {
    return String(error);
  }
  const message = error.message.replace(/^parquet /, "");
  const isOfDecoder =
    error instanceof RangeError || error instanceof TypeError || message.startsWith("thrift ");
  return isOfDecoder ? `the file is damaged (${message})` : message;
}
