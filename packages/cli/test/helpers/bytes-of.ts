/** What was read of chunks, up to the error if there is one. */
export interface ReadBytes {
  readonly bytes: Buffer;
  readonly error: Error | undefined;
}

/** Reads chunks to their end. They are joined at the end, so that memory that is used twice shows. */
export async function bytesOf(chunks: AsyncIterable<Uint8Array>): Promise<ReadBytes> {
  const read: Uint8Array[] = [];
  let error: Error | undefined;
  try {
    for await (const chunk of chunks) {
      read.push(chunk);
    }
  } catch (reason) {
    error = reason as Error;
  }
  return { bytes: Buffer.concat(read), error };
}
