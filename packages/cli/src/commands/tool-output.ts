/** Where a command other than `load` prints. */
export interface ToolOutput {
  /** How many characters fit into a line of the terminal; undefined if stdout is none. */
  readonly width: number | undefined;
  /** Prints a line to stdout. */
  readonly out: (line: string) => void;
}
