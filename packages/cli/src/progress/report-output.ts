import type { LoadOutput } from "../load/load-output.js";

/** What a load tells its user, also of an error that prevents it. */
export interface ReportOutput extends LoadOutput {
  error(message: string): void;
  /** Called at the end: nothing is shown afterwards. */
  close(): void;
}

/** Where texts are written. */
export interface TextStream {
  write(text: string): unknown;
  readonly columns?: number | undefined;
}

/** How often progress is shown, in seconds: at most ten times in one. */
export const LEAST_INTERVAL = 0.1;
