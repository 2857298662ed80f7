/** SQLSTATE classes of errors that say nothing about the statement. */
const NO_ANSWER = /^(?:08|25|40|5[3-8]|XX)/;

/** `lock_not_available`: a lock was not to be had within `lock_timeout`. */
export const LOCK_TIMEOUT = "55P03";

/** An error of the server about a statement. */
export interface ServerAnswer extends Error {
  /** The SQLSTATE. */
  readonly code: string;
}

/** Whether an error is the server's answer to a statement, and not the lack of one. */
export function isServerAnswer(error: unknown): error is ServerAnswer {
  const { code } = error as { code?: unknown };
  return typeof code === "string" && /^[0-9A-Z]{5}$/.test(code) && !NO_ANSWER.test(code);
}
