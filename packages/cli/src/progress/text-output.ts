import type { LoadProgress, LoadSummary } from "../load/load-output.js";
import { askOnTerminal } from "./ask.js";
import { progressBar, progressText } from "./progress-text.js";
import { LEAST_INTERVAL, type ReportOutput, type TextStream } from "./report-output.js";
import { SpeedMeter } from "./speed-meter.js";
import { summaryLines, troubleLines } from "./summary-text.js";

/** What is shown. */
export interface TextOutputOptions {
  readonly progress: "bar" | "plain" | "none";
  readonly isQuiet: boolean;
  readonly isVerbose: boolean;
}

/** Seconds between lines that stay. */
const PLAIN_INTERVAL = 5;

/** Milliseconds after which the bar is drawn again, though nothing happens. */
const REDRAW_MS = 1000;

/** Goes to the start of the line and erases it (ECMA-48: EL). */
const ERASE_LINE = "\r\u001B[2K";

const USUAL_WIDTH = 80;

/** Tells people what a load does. */
export class TextOutput implements ReportOutput {
  readonly #stream: TextStream;
  readonly #options: TextOutputOptions;
  readonly #now: () => number;
  readonly #meter = new SpeedMeter();
  #latest: LoadProgress | undefined;
  #shownAt: number;
  #hasBar = false;
  #timer: NodeJS.Timeout | undefined;

  /** @param now seconds, from any start */
  constructor(stream: TextStream, options: TextOutputOptions, now: () => number) {
    this.#stream = stream;
    this.#options = options;
    this.#now = now;
    this.#shownAt = options.progress === "bar" ? -Infinity : now();
  }

  note(text: string): void {
    if (!this.#options.isQuiet) {
      this.#writeLine(text);
    }
  }

  detail(text: string): void {
    if (this.#options.isVerbose) {
      this.#writeLine(text);
    }
  }

  warn(text: string): void {
    this.#writeLine(`Warning: ${text}`);
  }

  error(text: string): void {
    this.#writeLine(`batch-copy: ${text}`);
  }

  progress(progress: LoadProgress): void {
    const { progress: kind } = this.#options;
    if (kind === "none") {
      return;
    }
    this.#latest = progress;
    const interval = kind === "bar" ? LEAST_INTERVAL : PLAIN_INTERVAL;
    if (this.#now() - this.#shownAt >= interval) {
      this.#show(progress);
    }
    if (kind === "bar") {
      this.#timer ??= setInterval(() => this.#show(this.#latest!), REDRAW_MS).unref();
    }
  }

  summary(summary: LoadSummary): void {
    this.close();
    const lines = this.#options.isQuiet ? troubleLines(summary) : summaryLines(summary);
    lines.forEach((line) => this.#writeLine(line));
  }

  async ask(question: string): Promise<boolean | undefined> {
    this.#erase();
    return this.#options.isQuiet ? undefined : askOnTerminal(question);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#erase();
  }

  #show(progress: LoadProgress): void {
    const seconds = this.#now();
    this.#shownAt = seconds;
    this.#meter.add({ seconds, rows: progress.rows, bytes: progress.bytesRead });
    const { speed } = this.#meter;
    if (this.#options.progress === "plain") {
      this.#writeLine(progressText(progress, speed));
      return;
    }
    // The cursor needs a column as well, or some terminals begin a new line.
    const width = (this.#stream.columns || USUAL_WIDTH) - 1;
    this.#stream.write(ERASE_LINE + progressBar(progress, speed, width));
    this.#hasBar = true;
  }

  #writeLine(text: string): void {
    this.#erase();
    this.#stream.write(`${text}\n`);
  }

  #erase(): void {
    if (this.#hasBar) {
      this.#hasBar = false;
      this.#stream.write(ERASE_LINE);
    }
  }
}
