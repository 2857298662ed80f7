export { fromDrizzle, type DrizzleOptions } from "./drizzle/from-drizzle.js";
export type { DrizzleTable, FilledColumns } from "./drizzle/table-types.js";
