import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";

import { build, stop } from "esbuild";

import * as errors from "../../dist/errors.js";
import { ClosedError, EncodeError, TimeoutError } from "../../dist/errors.js";

/** The module as a minifier leaves it: the classes are called `a`, `b` and so on. */
async function minified(): Promise<Record<string, unknown>> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL("../../dist/errors.js", import.meta.url))],
    bundle: true,
    minify: true,
    format: "esm",
    write: false,
  });
  const code = Buffer.from(outputFiles[0]!.contents).toString("base64");
  return (await import(`data:text/javascript;base64,${code}`)) as Record<string, unknown>;
}

interface ErrorClass {
  readonly name: string;
  readonly prototype: Error;
}

describe("the error classes", () => {
  let bundled: Record<string, unknown>;
  before(async () => {
    bundled = await minified();
  });
  after(stop);

  it("keep their names, and those of their errors, in a minified bundle", () => {
    const names = Object.keys(errors);
    assert.ok(names.length >= 9, names.join());
    assert.deepEqual(Object.keys(bundled).toSorted(), names.toSorted());
    for (const name of names) {
      const { name: ownName, prototype } = bundled[name] as ErrorClass;
      assert.equal(ownName, name);
      assert.equal(prototype.name, name);
    }
  });

  it("have the name in the stack, and not among the keys", () => {
    const error = new EncodeError("id", "x", "is not an integer");
    assert.match(error.stack!, /^EncodeError: column "id": is not an integer\n/);
    assert.deepEqual(Object.keys(error), ["code", "column", "value", "reason"]);
    assert.deepEqual(Object.keys(new TimeoutError(100, true)), ["code", "accepted"]);
  });

  it("leave subclasses to set a name in any way, and to keep their own class name", () => {
    class ByField extends ClosedError {
      override name = "ByField";
    }
    class ByAssignment extends ClosedError {
      constructor() {
        super();
        this.name = "ByAssignment";
      }
    }
    class ByPrototype extends ClosedError {}
    ByPrototype.prototype.name = "ByPrototype";
    class Plain extends ClosedError {}
    const named = [ByField, ByAssignment, ByPrototype, Plain].map((Class) => new Class().name);
    assert.deepEqual(named, ["ByField", "ByAssignment", "ByPrototype", "ClosedError"]);
    assert.equal(Plain.name, "Plain");
  });
});
