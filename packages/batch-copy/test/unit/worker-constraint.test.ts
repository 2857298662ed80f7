import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { constraintOf } from "../../dist/delivery/worker-constraint.js";

function errorOf(message: string, fields: object): Parameters<typeof constraintOf>[0] {
  return Object.assign(new Error(message), { code: "23505", severity: "ERROR", ...fields });
}

describe("the constraint of an error", () => {
  const where = "while executing command on 10.0.0.1:5432";

  it("is that of its field", () => {
    const message = 'violates unique constraint "other_102018"';
    assert.equal(constraintOf(errorOf(message, { constraint: "t_pkey" })), "t_pkey");
    assert.equal(constraintOf(errorOf(message, {})), undefined);
  });

  it("is read from the message of a worker, without the number of the shard", () => {
    const unique = 'duplicate key value violates unique constraint "t_pkey_102018"';
    assert.equal(constraintOf(errorOf(unique, { where })), "t_pkey");
    const check = 'new row for relation "t_102018" violates check constraint "not_bad"';
    assert.equal(constraintOf(errorOf(check, { where })), "not_bad");
    const partition = 'no partition of relation "t_102018" found for row';
    assert.equal(constraintOf(errorOf(partition, { where })), undefined);
  });
});
