/** Milliseconds between two lines of progress. */
const ON_TERMINAL_MS = 250;
const IN_LOG_MS = 1000;

/**
 * Shows progress while a task runs: on a terminal in one line that is overwritten, elsewhere as a
 * line per second.
 */
export async function withProgress<T>(describe: () => string, work: Promise<T>): Promise<T> {
  const { isTTY } = process.stdout;
  const show = (line: string): void => {
    process.stdout.write(isTTY ? `\r\u001B[2K${fitting(line)}` : `${line}\n`);
  };
  const timer = setInterval(() => show(describe()), isTTY ? ON_TERMINAL_MS : IN_LOG_MS);
  try {
    return await work;
  } finally {
    clearInterval(timer);
    if (isTTY) show("");
  }
}

/** A line that wraps cannot be overwritten. */
function fitting(line: string): string {
  const { columns } = process.stdout;
  return columns > 0 ? line.slice(0, columns - 1) : line;
}
