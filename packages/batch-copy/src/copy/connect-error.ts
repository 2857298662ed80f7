import { ConnectError } from "../errors.js";
import { isServerError } from "./driver.js";

/** What the user is told of a connection that failed, or of one that gave no answer. */
export function connectError(error: unknown): ConnectError {
  const isAnswer =
    error instanceof Error && isServerError(error) && !error.severity.startsWith("F");
  const what = isAnswer ? "the server refused to be asked about the table" : "cannot connect";
  return new ConnectError(`${what}: ${messageOf(error)}`, { cause: error });
}

/** Node reports a name with several addresses as an AggregateError whose own message is empty. */
function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === "") {
    return error.errors.map(messageOf).join("; ");
  }
  return error instanceof Error ? error.message : String(error);
}
