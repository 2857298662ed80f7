// What users can import: `batch-copy` is index, `batch-copy/drizzle` is drizzle. They are bundled together.
export * as index from "./index.js";
export * as drizzle from "./drizzle.js";
