// Appends rejects to a file, and cuts them back, until it is killed: node rejecting-program.js PATH SEED.
// Prints how many records are written for good, after each flush.
import { openRejectFiles } from "../../dist/rejects/reject-files.js";
import { headerOfRejects, recordOf, rejectOf } from "./reject-samples.js";

const [path = "", seed = "0"] = process.argv.slice(2);
const rejects = openRejectFiles(path, true);
const from = Number(seed);
rejects.cutTo("a.csv", from);
for (let offset = from; ;) {
  const end = offset + 1 + (offset % 7);
  for (; offset < end; offset++) {
    rejects.append(recordOf(offset), rejectOf("a.csv", offset), headerOfRejects);
  }
  rejects.flush();
  process.stdout.write(`${offset}\n`);
  if (offset % 11 === 0) {
    offset -= 5;
    rejects.cutTo("a.csv", offset);
  }
}
