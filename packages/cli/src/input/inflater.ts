/** Decompresses the bytes of a file, piece by piece. What is decompressed is taken after each piece. */
export interface Inflater {
  /** Decompresses the next bytes. Never rejects: `failure` says what went wrong. */
  push(piece: Uint8Array): Promise<void>;
  /** Called once, after the last piece: data that ends in the middle is a failure. */
  end(): Promise<void>;
  /** What was decompressed since the last call, in memory of its own, also before a failure. */
  take(): Uint8Array[];
  /** Why no more can be decompressed, such as `incorrect data check`. */
  readonly failure: string | undefined;
  /** Frees what it holds; nothing is called afterwards. */
  close(): void;
}
