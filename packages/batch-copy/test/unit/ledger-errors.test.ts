import assert from "node:assert/strict";
import { describe, it } from "node:test";

import {
  BatchCopyError,
  FencedError,
  OutcomeUnknownError,
  RewoundError,
} from "../../dist/index.js";

describe("an error of the ledger", () => {
  it("says that a fenced owner knows nothing of its last batch", () => {
    const cause = new Error("nothing moved");
    const error = new FencedError("orders/3", { cause });
    assert.ok(error instanceof BatchCopyError);
    assert.deepEqual([error.code, error.source, error.cause], ["FENCED", "orders/3", cause]);
    assert.equal(
      error.message,
      'another owner has claimed the source "orders/3": only the ledger says whether the last batch was committed',
    );
  });

  it("has both positions of a source that was rewound", () => {
    const error = new RewoundError("orders/3", 5n, 9n);
    const { code, source, position, committed } = error;
    assert.deepEqual([code, source, position, committed], ["REWOUND", "orders/3", 5n, 9n]);
    assert.equal(
      error.message,
      'the server has lost rows of the source "orders/3": it confirmed those below position 9, and has those below 5',
    );
  });

  it("names the transaction or the source whose outcome is unknown", () => {
    const end = ": the row may or may not be in the table";
    const byId = new OutcomeUnknownError({ xid: "742" });
    assert.deepEqual([byId.xid, byId.source], ["742", undefined]);
    assert.equal(byId.message, `the connection was lost during COMMIT of transaction 742${end}`);
    const bySource = new OutcomeUnknownError({ source: 'a"b' });
    assert.deepEqual([bySource.xid, bySource.source], [undefined, 'a"b']);
    assert.equal(
      bySource.message,
      `the ledger does not say whether the last commit of the source "a\\"b" took effect${end}`,
    );
  });
});
