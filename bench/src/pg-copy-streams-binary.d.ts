declare module "pg-copy-streams-binary" {
  import type { Transform } from "node:stream";

  const streams: {
    /** A stream of rows, each an array of `{ type, value }`, into COPY's binary format. */
    rowWriter(): Transform;
  };
  export default streams;
}
