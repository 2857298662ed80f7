import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import {
  CamelCasePlugin,
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresQueryCompiler,
} from "kysely";

import { snakeCase } from "../../dist/table/snake-case.js";
import { compile } from "../helpers/compile.js";
import { databaseUrl, useDatabase } from "../helpers/database.js";
import { codeBlocks, readDocument, root } from "../helpers/documents.js";

const run = promisify(execFile);
const PAGE = "docs/orms.md";
/** Inside the package, so that the libraries resolve as they do for users. */
const workFolder = fileURLToPath(new URL("../../dist-test/documented/orms", import.meta.url));

/** What a row of the page's table looks like, but for what the server fills. */
interface Request {
  readonly url: string;
  readonly status_code: number;
  readonly user_id: number | null;
  readonly details: unknown;
}

const HELLO: Request = {
  url: "/hello/world",
  status_code: 200,
  user_id: null,
  details: { cached: true },
};

/** The code of all sections, by path. A block whose first line is the name of a file is that file. */
async function recipes(): Promise<Record<string, string>> {
  const page = await readDocument(PAGE);
  const files: [path: string, code: string][] = [];
  for (const section of page.split(/^## /m).slice(1)) {
    const folder = section.slice(0, section.indexOf("\n")).toLowerCase();
    let programs = 0;
    for (const [, code] of section.matchAll(/^```ts\n(.*?)^```/gms)) {
      const name = /^\/\/ (\S+\.ts)\n/.exec(code!)?.[1] ?? `${programs++}.ts`;
      files.push([`${folder}/${name}`, code!]);
    }
  }
  return Object.fromEntries(files);
}

/** What Prisma generated, at the paths that the page imports. */
async function prismaModules(): Promise<Record<string, string>> {
  const folder = join(root, "packages/batch-copy/test/helpers/prisma");
  const client = await readFile(join(folder, "client.ts"), "utf8");
  const namespace = await readFile(join(folder, "prisma-namespace.ts"), "utf8");
  return {
    "prisma/generated/prisma/client.ts": client,
    "prisma/generated/prisma/prisma-namespace.ts": namespace,
    "prisma/generated/prisma-js/index.ts": client,
    "prisma/generated/prisma-js/prisma-namespace.ts": namespace,
  };
}

describe("Using the types of your ORM", () => {
  const db = useDatabase();

  before(async () => {
    const [ddl] = await codeBlocks(PAGE, "sql");
    await db.pool.query(`SET search_path = ${db.schema}; ${ddl}; RESET search_path`);
    await compile(workFolder, [], { ...(await recipes()), ...(await prismaModules()) });
  });

  /** Runs the programs of a section; returns the rows that they left. */
  async function requestsBy(section: string, programs: number): Promise<Request[]> {
    await db.pool.query(`TRUNCATE ${db.schema}.requests`);
    for (let n = 0; n < programs; n++) {
      await run(process.execPath, [join(workFolder, section, `${n}.js`)], {
        env: {
          ...process.env,
          DATABASE_URL: databaseUrl,
          PGOPTIONS: `-c search_path=${db.schema}`,
        },
        timeout: 20_000,
      });
    }
    return db.rows(
      `SELECT url, status_code, user_id, details FROM ${db.schema}.requests
       WHERE id IS NOT NULL AND created_at > now() - interval '1 min' ORDER BY id`,
    );
  }

  it("has a recipe for Kysely that works", async () => {
    assert.deepEqual(await requestsBy("kysely", 1), [HELLO]);
  });

  it("has a recipe for Prisma that works with what its generators wrote once", async (test) => {
    test.diagnostic("Prisma's generators do not run here: their output is in test/helpers/prisma");
    assert.deepEqual(await requestsBy("prisma", 2), [
      HELLO,
      { url: "/hello/prisma", status_code: 200, user_id: 7, details: null },
    ]);
  });

  it("has a recipe for TypeORM that works", async () => {
    assert.deepEqual(await requestsBy("typeorm", 1), [HELLO]);
  });

  it("has a recipe for Zod that works", async () => {
    assert.deepEqual(await requestsBy("zod", 1), [HELLO]);
  });

  it("says how Kysely's plugin and snake_case name a key", async () => {
    const kysely = new Kysely<Record<string, Record<string, unknown>>>({
      dialect: {
        createAdapter: () => new PostgresAdapter(),
        createDriver: () => new DummyDriver(),
        createIntrospector: () => assert.fail(),
        createQueryCompiler: () => new PostgresQueryCompiler(),
      },
      plugins: [new CamelCasePlugin()],
    });
    const page = await readDocument(PAGE);
    const lines = Array.from(page.matchAll(/^\| `(\w+)` +\| `(\w+)` +\| `(\w+)` +\|$/gm));
    assert.ok(lines.length >= 7, `${lines.length} lines`);
    for (const [, key, byPlugin, bySnakeCase] of lines) {
      const { sql } = kysely.selectFrom("t").select(key!).compile();
      assert.equal(sql, `select "${byPlugin}" from "t"`);
      assert.equal(snakeCase(key!), bySnakeCase);
    }
  });
});
