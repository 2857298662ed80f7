/** A command line that cannot be carried out as it is. The command ends with exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
