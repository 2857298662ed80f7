import type { CopyTarget } from "./table/copy-target.js";
import { copyWrite } from "./transaction/copy-write.js";
import type { TableWrite } from "./transaction/write.js";

/** How rows are written to a table that was found. */
export function writeOf(target: CopyTarget): TableWrite {
  return copyWrite(target);
}
