import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { pgTable } from "drizzle-orm/pg-core";

import { readDocument } from "../helpers/documents.js";

const PAGE = "docs/drizzle.md";

describe("the page about Drizzle", () => {
  it("says what every column type of Drizzle takes", async () => {
    let builders: readonly string[] = [];
    pgTable("t", (columns) => {
      builders = Object.keys(columns);
      return {};
    });
    assert.ok(builders.length >= 30, `${builders.length} column types`);
    const page = await readDocument(PAGE);
    const [, table = ""] = /^## Column types\n.*?((?:^\|.*\n)+)/ms.exec(page) ?? [];
    const described = new Set(Array.from(table.matchAll(/`(\w+)`/g), ([, name]) => name!));
    assert.deepEqual(
      builders.filter((name) => !described.has(name)),
      [],
    );
  });

  it("names the version of Drizzle that the tests use", async () => {
    const { devDependencies } = JSON.parse(
      await readDocument("packages/batch-copy/package.json"),
    ) as { devDependencies: Readonly<Record<string, string>> };
    const version = devDependencies["drizzle-orm"]!;
    assert.ok((await readDocument(PAGE)).includes(`drizzle-orm ${version}.`));
  });
});
