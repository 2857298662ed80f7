// An ES module can pass a copier to a CommonJS module: for TypeScript, the classes are the same.
import { Copier } from "batch-copy";

import { close, metrics } from "./required.cjs";

await close(await Copier.connect(metrics));
