import type { TypeSamples } from "../type-sample.js";
import { bitSamples } from "./binary/bit.js";
import { byteaSamples } from "./binary/bytea.js";
import { uuidSamples } from "./binary/uuid.js";
import { containerSamples } from "./container/containers.js";
import { dateTimeSamples } from "./datetime/date-time.js";
import { intervalSamples } from "./datetime/interval.js";
import { timeSamples } from "./datetime/time.js";
import { citextSamples } from "./extension/citext.js";
import { cubeSamples } from "./extension/cube.js";
import { hstoreSamples } from "./extension/hstore.js";
import { ltreeSamples } from "./extension/ltree.js";
import { geometricSamples } from "./geometry/geometric.js";
import { jsonSamples } from "./json/json.js";
import { jsonpathSamples } from "./json/jsonpath.js";
import { networkSamples } from "./network/network.js";
import { moneySamples } from "./number/money.js";
import { numberSamples } from "./number/numbers.js";
import { numericSamples } from "./number/numeric.js";
import { pgvectorSamples } from "./pgvector/pgvector.js";
import { postgisSamples } from "./postgis/postgis.js";
import { textSearchSamples } from "./search/text-search.js";
import { systemSamples } from "./system/system.js";
import { stringSamples } from "./text/strings.js";
import { textSamples } from "./text/text.js";

/** What the tests know of all types. */
export const allSamples: readonly TypeSamples[] = [
  ...numberSamples,
  ...numericSamples,
  ...moneySamples,
  ...textSamples,
  ...stringSamples,
  ...byteaSamples,
  ...uuidSamples,
  ...bitSamples,
  ...jsonSamples,
  ...jsonpathSamples,
  ...dateTimeSamples,
  ...timeSamples,
  ...intervalSamples,
  ...networkSamples,
  ...systemSamples,
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
