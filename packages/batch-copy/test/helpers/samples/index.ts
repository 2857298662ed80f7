import type { TypeSamples } from "../type-sample.js";
import { basicSamples } from "./basic.js";
import { containerSamples } from "./containers.js";

/** What the tests know of all types. */
export const allSamples: readonly TypeSamples[] = [...basicSamples, ...containerSamples];
