// @ts-check
// Puts the repository's LICENSE and README into the package: node packed-documents.mjs
// README's relative links become absolute. npm would complete them from `repository` with its
// `directory`, but they start at the root of the repository.
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const folder = import.meta.dirname;
const root = join(folder, "..", "..");
const { homepage } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
const repository = new URL(homepage).pathname;

const readme = readFileSync(join(root, "README.md"), "utf8");
writeFileSync(
  join(folder, "README.md"),
  readme
    // An image needs the file itself, not GitHub's page about it.
    .replaceAll(
      /(!\[[^\]]*\]\()(?![a-z]+:|#)/g,
      `$1https://raw.githubusercontent.com${repository}/HEAD/`,
    )
    .replaceAll(/(\]\()(?![a-z]+:|#)/g, `$1https://github.com${repository}/blob/HEAD/`),
);
copyFileSync(join(root, "LICENSE"), join(folder, "LICENSE"));
