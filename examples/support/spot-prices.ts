import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";

const INSTANCES = ["c4.large", "d2.xlarge", "m4.2xlarge", "p2.8xlarge", "r3.large"];
const SYSTEMS = ["Linux/UNIX", "SUSE Linux", "Windows"];
const ZONES = ["us-east-1a", "us-east-1c", "us-west-2b", "eu-west-1a", "ap-northeast-1c"];

/** Alternating: too few fields, no timestamp, no price, garbage. */
const BAD_LINES = [
  "2017-05-08 21:38:41+00:00,d2.xlarge,SUSE Linux",
  "2017-13-08 21:38:41+00:00,d2.xlarge,SUSE Linux,us-east-1c,0.277",
  "2017-05-08 21:38:41+00:00,d2.xlarge,SUSE Linux,us-east-1c,n/a",
  '"a quote that nobody closes',
];

const FIRST_MOMENT = Date.UTC(2017, 4, 8, 21, 38, 41);
const LINES_PER_WRITE = 1000;

/** What to generate. The same arguments give the same files. */
export interface SpotPriceFiles {
  readonly folder: string;
  readonly files: number;
  /** In each file, the bad ones included. */
  readonly lines: number;
  /** In each file, spread evenly over it. */
  readonly badLines: number;
}

/** Writes files of spot prices; returns their paths. */
export async function writeSpotPrices(wanted: SpotPriceFiles): Promise<string[]> {
  await mkdir(wanted.folder, { recursive: true });
  const paths = Array.from({ length: wanted.files }, (_, file) =>
    join(wanted.folder, `spotprices-${String(file + 1).padStart(3, "0")}.csv`),
  );
  for (const [file, path] of paths.entries()) {
    await writeFile(path, file + 1, wanted);
  }
  return paths;
}

async function writeFile(path: string, seed: number, wanted: SpotPriceFiles): Promise<void> {
  const { lines, badLines } = wanted;
  const random = randomNumbers(seed);
  const out = createWriteStream(path);
  let text = "";
  for (let line = 0; line < lines; line++) {
    // Where this many bad lines, spread evenly, reach the next whole number.
    const badLine = Math.floor(((line + 1) * badLines) / lines);
    const isBad = badLine > Math.floor((line * badLines) / lines);
    text += `${isBad ? pick(BAD_LINES, badLine - 1) : goodLine(line, random)}\n`;
    if ((line + 1) % LINES_PER_WRITE === 0) {
      if (!out.write(text)) await once(out, "drain");
      text = "";
    }
  }
  out.end(text);
  await once(out, "close");
}

function goodLine(line: number, random: () => number): string {
  const moment = new Date(FIRST_MOMENT + line * 1000).toISOString();
  const dt = `${moment.slice(0, 10)} ${moment.slice(11, 19)}+00:00`;
  const price = (random() % 100_000) / 10_000;
  const fields = [INSTANCES, SYSTEMS, ZONES].map((choices) => pick(choices, random()));
  return `${dt},${fields.join(",")},${price}`;
}

function pick(choices: readonly string[], n: number): string {
  return choices[n % choices.length] ?? "";
}

/** Integers of 24 bits that look random, the same for the same seed (an LCG, its upper bits). */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 8;
  };
}
