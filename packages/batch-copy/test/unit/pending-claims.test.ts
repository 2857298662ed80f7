import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { FencedError } from "../../dist/errors.js";
import { OwnSource } from "../../dist/source/own-source.js";
import { PendingClaims } from "../../dist/source/pending-claims.js";

const HOOKS = { onLost() {}, refuseWaiting: () => false, warn() {} };

function claim(claims: PendingClaims): OwnSource {
  const owners = claims.begin("orders");
  const source = new OwnSource("orders", { owners, replaced: undefined, position: 0n }, HOOKS);
  claims.succeed(source);
  return source;
}

/** What a source makes of the news that the ledger has this owner. */
function learn(source: OwnSource, owner: string): bigint | undefined {
  return source.learn({ row: { owner, position: 0n }, known: 0n, server: undefined });
}

describe("a claim whose answer was lost", () => {
  it("is of the next owner, if it is committed late", () => {
    const claims = new PendingClaims();
    const lost = claims.begin("orders");
    claims.fail("orders", lost);
    const source = claim(claims);
    assert.equal(learn(source, lost[0]!), 0n);
  });

  it("is of the owner after that, and of no former one", () => {
    const claims = new PendingClaims();
    const lost = claims.begin("orders");
    claims.fail("orders", lost);
    const former = claim(claims);
    const source = claim(claims);
    assert.equal(learn(source, lost[0]!), 0n);
    assert.equal(learn(former, lost[0]!), undefined);
    assert.throws(() => former.throwIfEnded(), FencedError);
  });

  it("does not make a former owner the present one", () => {
    const claims = new PendingClaims();
    const former = claim(claims);
    const source = claim(claims);
    assert.equal(learn(source, former.owner), undefined);
  });
});
