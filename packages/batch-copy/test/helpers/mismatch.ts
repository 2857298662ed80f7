import assert from "node:assert/strict";

import { SchemaMismatchError } from "../../dist/index.js";

/** The error of a connect that must find differences. */
export async function mismatch(
  connecting: Promise<{ close(): Promise<void> } | void>,
): Promise<SchemaMismatchError> {
  try {
    await (await connecting)?.close();
  } catch (error) {
    assert.ok(error instanceof SchemaMismatchError, String(error));
    return error;
  }
  assert.fail("the table was accepted");
}
