/**
 * Writes CSV files of spot prices for load-csv, the same ones each time.
 */
import { readArguments, readInteger, refuseArguments } from "./support/arguments.js";
import { formatNumber } from "./support/numbers.js";
import { writeSpotPrices } from "./support/spot-prices.js";

const HELP = `Usage: npm run example generate-csv -- DIR [FILES] [LINES] [--bad N]
  DIR      the folder to write to
  FILES    how many files (default 4)
  LINES    how many lines in each, the bad ones included (default 10000)
  --bad N  how many of them are bad (default 0)`;

const MOST_FILES = 1000;
const MOST_LINES = 1_000_000_000;

const { values, positionals } = readArguments({
  allowPositionals: true,
  options: { bad: { type: "string", default: "0" }, help: { type: "boolean" } },
});
if (values.help) {
  console.log(HELP);
} else {
  await generate(positionals, values.bad);
}

async function generate(names: string[], bad: string): Promise<void> {
  const [folder, fileCount = "4", lineCount = "10000", ...rest] = names;
  if (folder === undefined) refuseArguments("DIR is missing");
  if (rest.length > 0) refuseArguments(`unexpected argument "${rest[0]}"`);

  const files = readInteger("FILES", fileCount, 1, MOST_FILES);
  const lines = readInteger("LINES", lineCount, 1, MOST_LINES);
  const badLines = readInteger("--bad", bad, 0, lines);

  await writeSpotPrices({ folder, files, lines, badLines });
  console.log(`${folder}: ${files} files of ${formatNumber(lines)} lines, ${badLines} of them bad`);
}
