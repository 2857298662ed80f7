import type { TypeSamples } from "../type-sample.js";
import { basicSamples } from "./basic.js";
import { bitSamples } from "./bit.js";
import { citextSamples } from "./citext.js";
import { containerSamples } from "./containers.js";
import { cubeSamples } from "./cube.js";
import { dateTimeSamples } from "./date-time.js";
import { geometricSamples } from "./geometric.js";
import { hstoreSamples } from "./hstore.js";
import { intervalSamples } from "./interval.js";
import { ltreeSamples } from "./ltree.js";
import { moneySamples } from "./money.js";
import { networkSamples } from "./network.js";
import { numberSamples } from "./numbers.js";
import { numericSamples } from "./numeric.js";
import { pgvectorSamples } from "./pgvector.js";
import { postgisSamples } from "./postgis.js";
import { stringSamples } from "./strings.js";
import { systemSamples } from "./system.js";
import { textSearchSamples } from "./text-search.js";
import { timeSamples } from "./time.js";
import { uuidSamples } from "./uuid.js";

/** What the tests know of all types. */
export const allSamples: readonly TypeSamples[] = [
  ...basicSamples,
  ...numberSamples,
  ...numericSamples,
  ...uuidSamples,
  ...dateTimeSamples,
  ...timeSamples,
  ...intervalSamples,
  ...stringSamples,
  ...bitSamples,
  ...networkSamples,
  ...systemSamples,
  ...moneySamples,
  ...geometricSamples,
  ...textSearchSamples,
  ...hstoreSamples,
  ...citextSamples,
  ...ltreeSamples,
  ...cubeSamples,
  ...pgvectorSamples,
  ...postgisSamples,
  ...containerSamples,
];
