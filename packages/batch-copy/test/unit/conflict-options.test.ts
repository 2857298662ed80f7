import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { resolveConflict } from "../../dist/conflict-options.js";
import { areSameOptions, resolveGroupOptions } from "../../dist/group-options.js";
import { resolveOptions } from "../../dist/options.js";

function refuses(onConflict: unknown, message: RegExp | string): void {
  assert.throws(() => resolveOptions({ onConflict } as object), {
    code: "INVALID_OPTION",
    message,
  });
}

describe("the option onConflict", () => {
  it("is an object with an update", () => {
    for (const value of ["nothing", 5, null, [], () => "all", new Map(), Promise.resolve()]) {
      refuses(value, /^onConflict must be an object/);
    }
    refuses("ignore", /such as \{ update: "all" \} or \{ update: "nothing" \}, got 'ignore'$/);
    const taken = /^onConflict\.update must be "all", "nothing", an array of keys, or an object of/;
    for (const update of [undefined, null, "ignore", 5, () => {}, new Map([["a", "b"]])]) {
      refuses({ update }, taken);
    }
  });

  it("sets at least one column", () => {
    refuses({ update: {} }, /must set at least one column: use "nothing"/);
    refuses({ update: [] }, /^onConflict\.update must be an array of one or more keys/);
  });

  it("has keys in its lists, each once", () => {
    for (const columns of [[], "id", [5], [""], null, { id: 1 }]) {
      refuses(
        { columns, update: "all" },
        /^onConflict\.columns must be an array of one or more keys/,
      );
    }
    refuses({ columns: ["id", "a", "id"], update: "all" }, 'onConflict.columns has "id" twice');
    refuses(
      { columns: Object.assign(["a", "id"], { length: 3 }), update: "all" },
      /^onConflict\.columns must be an array/,
    );
    refuses({ update: ["a", 5] }, /^onConflict\.update must be an array/);
    refuses({ update: ["a", "a"] }, 'onConflict.update has "a" twice');
  });

  it("has SQL as strings", () => {
    for (const sql of ["", " ", 5, null, undefined, { queryChunks: [] }, "a\0b"]) {
      refuses({ update: { hits: sql } }, /^onConflict\.update\.hits must be a string of SQL, got /);
    }
    refuses({ update: { hits: undefined } }, /^onConflict\.update\.hits must .* got undefined$/);
    for (const sql of ["", " \n", 5, null, {}]) {
      refuses({ update: "all", where: sql }, /^onConflict\.where must be a string of SQL, got /);
      refuses({ update: "all", predicate: sql }, /^onConflict\.predicate must be a string of SQL/);
    }
  });

  it("has no condition of an update where there is none", () => {
    refuses({ update: "nothing", where: "true" }, /cannot be used with update: "nothing"$/);
  });

  it("is told apart from the options of query builders, with those that are meant", () => {
    for (const [name, meant] of [
      ["target", "columns"],
      ["conflict_target", "columns"],
      ["constraint", "columns"],
      ["colums", "columns"],
      ["set", "update"],
      ["doNothing", "update"],
      ["doUpdateSet", "update"],
      ["setWhere", "where"],
      ["targetWhere", "predicate"],
    ] as const) {
      refuses(
        { update: "all", [name]: 1 },
        `Unknown option "onConflict.${name}". Did you mean "onConflict.${meant}"?`,
      );
    }
    refuses({ update: "all", zzz: 1 }, 'Unknown option "onConflict.zzz".');
    for (const name of ["upsert", "conflict", "setWhere", "onDuplicateKeyUpdate", "on_conflict"]) {
      assert.throws(() => resolveOptions({ [name]: {} }), {
        message: `Unknown option "${name}". Did you mean "onConflict"?`,
      });
    }
  });

  it("is copied: the table may be looked at again when the caller's objects have changed", () => {
    const columns = ["id"];
    for (const update of [["a"], { a: "1" }]) {
      const resolved = resolveConflict({ columns, update });
      const before = structuredClone(resolved);
      columns.push("b");
      Object.assign(update, { b: "2" });
      assert.deepEqual(resolved, before);
    }
  });

  it("is an option of a table, and not of a group", () => {
    const options = { onConflict: { update: "all" } } as object;
    assert.throws(() => resolveGroupOptions(options), {
      code: "INVALID_OPTION",
      message: "onConflict is an option of a table: pass it to copier()",
    });
  });

  it("is the same by its value", () => {
    const one = { onConflict: { columns: ["id"], update: { a: "1", b: "2" } } } as object;
    const same = { onConflict: { update: { b: "2", a: "1" }, columns: ["id"], where: undefined } };
    assert.ok(areSameOptions(one, same));
    for (const onConflict of [
      undefined,
      { update: { a: "1", b: "2" } },
      { columns: ["id"], update: { a: "1", b: "3" } },
      { columns: ["id"], update: { a: "1", b: "2" }, where: "true" },
      { columns: ["id"], update: ["a", "b"] },
    ]) {
      assert.ok(!areSameOptions(one, { onConflict }));
    }
  });
});
