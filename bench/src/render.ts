/** Writes the report anew from the recorded figures: `npm run bench:report`. */
import { PUBLISHED } from "./command.js";
import { writeReadmeBlock } from "./report/readme-block.js";
import { writeReport } from "./report/report.js";

await writeReport(PUBLISHED);
await writeReadmeBlock();
