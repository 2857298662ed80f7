// A copier that was imported can be given to CommonJS: the classes are the same ones.
import { Copier } from "batch-copy";

import { close, metrics } from "./required.cjs";

await close(await Copier.connect(metrics));
