// @ts-check
// Copies LICENSE and README from the repository's root into the package: node packed-documents.mjs
// Makes README's relative links absolute: npm resolves them from the package's own directory in the
// repository, but they start at the root.
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
    // An image needs the raw file, not GitHub's page that shows it.
    .replaceAll(
      /(!\[[^\]]*\]\()(?![a-z]+:|#)/g,
      `$1https://raw.githubusercontent.com${repository}/HEAD/`,
    )
    .replaceAll(/(\]\()(?![a-z]+:|#)/g, `$1https://github.com${repository}/blob/HEAD/`),
);
copyFileSync(join(root, "LICENSE"), join(folder, "LICENSE"));
