import assert from "node:assert/strict";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { describe, it, type TestContext } from "node:test";

import { findFiles } from "../../dist/input/find-files.js";
import { InputError } from "../../dist/input/input-error.js";
import { temporaryFolder } from "../helpers/temporary-folder.js";

const FILES = [
  "a.csv",
  "b.csv",
  "B.csv",
  "a.txt",
  ".hidden.csv",
  "[x].csv",
  "2024/01/a.csv",
  "2024/02/a.csv",
  "2024/02/deep/er/a.csv",
  "2024/.git/a.csv",
  "folder.csv/inner.csv",
];

async function tree(test: TestContext): Promise<string> {
  const root = await temporaryFolder(test);
  for (const file of FILES) {
    await mkdir(dirname(join(root, file)), { recursive: true });
    await writeFile(join(root, file), "");
  }
  await symlink("..", join(root, "2024", "loop"));
  await symlink("../a.csv", join(root, "2024", "link.csv"));
  return root;
}

async function found(root: string, ...paths: string[]): Promise<string[]> {
  const files = await findFiles(paths.map((path) => (path === "-" ? path : join(root, path))));
  return files.map((file) => (file === "-" ? file : relative(root, file)));
}

describe("findFiles()", () => {
  const cases: [paths: string[], files: string[]][] = [
    [
      ["b.csv", "-", "a.csv"],
      ["b.csv", "-", "a.csv"],
    ],
    [["*.csv"], ["B.csv", "[x].csv", "a.csv", "b.csv"]],
    [["?.csv"], ["B.csv", "a.csv", "b.csv"]],
    [["[ab].csv"], ["a.csv", "b.csv"]],
    [["[!a].csv"], ["B.csv", "b.csv"]],
    [["[a-b]*"], ["a.csv", "a.txt", "b.csv"]],
    [["[x].csv"], ["[x].csv"]],
    [["[[]x[]].csv"], ["[x].csv"]],
    [[".*.csv"], [".hidden.csv"]],
    [["2024/*/a.csv"], ["2024/01/a.csv", "2024/02/a.csv", "2024/loop/a.csv"]],
    [["**/er/*"], ["2024/02/deep/er/a.csv"]],
    [
      ["2024/**/*.csv"],
      ["2024/01/a.csv", "2024/02/a.csv", "2024/02/deep/er/a.csv", "2024/link.csv"],
    ],
    [["2024/**"], ["2024/01/a.csv", "2024/02/a.csv", "2024/02/deep/er/a.csv", "2024/link.csv"]],
    [
      ["a.csv", "?.csv"],
      ["a.csv", "B.csv", "b.csv"],
    ],
    [
      ["*.csv", "[ab].*"],
      ["B.csv", "[x].csv", "a.csv", "b.csv", "a.txt"],
    ],
  ];
  for (const [paths, files] of cases) {
    it(`finds ${paths.join(" ")}`, async (test) => {
      assert.deepEqual(await found(await tree(test), ...paths), files);
    });
  }

  const refused: [paths: string[], message: RegExp][] = [
    [["a.csv", "no.csv"], /^Cannot read .*no\.csv: there is no such file$/],
    [["a.csv/b"], /^Cannot read .*a\.csv\/b: there is no such file$/],
    [["x*.csv"], /^No file matches .*x\*\.csv$/],
    [["2024"], /^Cannot read .*2024: it is a directory\. Load its files: .*2024\/\*$/],
    [["a.csv", "2024/../a.csv"], /^The file .*a\.csv is given twice$/],
    [["[z-a]*"], /^Cannot read .*\[z-a\]\*: Invalid regular expression/],
  ];
  for (const [paths, message] of refused) {
    it(`refuses ${paths.join(" ")}`, async (test) => {
      const root = await tree(test);
      await assert.rejects(found(root, ...paths), (error) => {
        assert.ok(error instanceof InputError);
        assert.match(error.message, message);
        return true;
      });
    });
  }
});
