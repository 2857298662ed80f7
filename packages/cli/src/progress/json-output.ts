import type { LoadProgress, LoadSummary } from "../load/load-output.js";
import { LEAST_INTERVAL, type ReportOutput, type TextStream } from "./report-output.js";

/** Which lines are written. */
export interface JsonOutputOptions {
  readonly hasProgress: boolean;
  readonly isQuiet: boolean;
  readonly isVerbose: boolean;
}

/** Tells everything as JSON lines, each with its `type`. Values that are unknown are null. */
export class JsonOutput implements ReportOutput {
  readonly #stream: TextStream;
  readonly #options: JsonOutputOptions;
  readonly #now: () => number;
  #shownAt = -Infinity;

  /** @param now seconds, from any start */
  constructor(stream: TextStream, options: JsonOutputOptions, now: () => number) {
    this.#stream = stream;
    this.#options = options;
    this.#now = now;
  }

  note(message: string): void {
    if (!this.#options.isQuiet) {
      this.#write("note", { message });
    }
  }

  detail(message: string): void {
    if (this.#options.isVerbose) {
      this.#write("detail", { message });
    }
  }

  warn(message: string): void {
    this.#write("warning", { message });
  }

  error(message: string): void {
    this.#write("error", { message });
  }

  progress(progress: LoadProgress): void {
    const now = this.#now();
    if (this.#options.hasProgress && now - this.#shownAt >= LEAST_INTERVAL) {
      this.#shownAt = now;
      this.#write("progress", progress);
    }
  }

  summary(summary: LoadSummary): void {
    this.#write("summary", summary);
  }

  /** A program reads this. */
  async ask(): Promise<undefined> {
    return undefined;
  }

  close(): void {}

  #write(type: string, facts: object): void {
    const text = JSON.stringify({ type, ...facts }, (_, value: unknown) => value ?? null);
    this.#stream.write(`${text}\n`);
  }
}
