import { BatchCopyError, ConnectError } from "../errors.js";
import { isRefusal } from "../transaction/server-error.js";
import { toError } from "./call-out.js";

/**
 * The error for a connection that failed, or whose server did not answer a question. An error of this
 * library stays what it is.
 */
export function connectError(error: unknown): BatchCopyError {
  if (error instanceof BatchCopyError) {
    return error;
  }
  const what = isRefusal(error)
    ? "the server rejected a query about itself or the table"
    : "cannot connect";
  return new ConnectError(`${what}: ${messageOf(error)}`, { cause: error });
}

/** The error for a connection that was not open in time. */
export function connectTimeoutError(timeoutMs: number): ConnectError {
  return new ConnectError(`no connection within ${timeoutMs} ms (connectTimeoutMs)`);
}

/** The error for a pool that lends no client any more. */
export function poolEndedError(): ConnectError {
  return new ConnectError("the pool was ended");
}

/** Node reports a name with several addresses as an AggregateError whose own message is empty. */
function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === "") {
    return error.errors.map(messageOf).join("; ");
  }
  return toError(error).message;
}
