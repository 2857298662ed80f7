/** Where help and errors of usage are written. */
export interface ProgramOutput {
  readonly version: string;
  out(text: string): void;
  error(text: string): void;
}

/** Tells why a command has failed: as a line of text, or as one of JSON if that is what its caller reads. */
export function showError(message: string, args: readonly string[], output: ProgramOutput): void {
  if (args.includes("--json")) {
    output.out(`${JSON.stringify({ type: "error", message })}\n`);
  } else {
    output.error(`batch-copy: ${message}\n`);
  }
}
