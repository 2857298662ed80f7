// With the types of Drizzle itself, which need skipLibCheck.
import { Copier, type RowOf } from "batch-copy";
import { fromDrizzle } from "batch-copy/drizzle";
import { integer, pgTable, serial, text, timestamp } from "drizzle-orm/pg-core";

const logs = pgTable("logs", {
  id: serial().primaryKey(),
  message: text().notNull(),
  level: integer(),
  at: timestamp().notNull().defaultNow(),
  token: text()
    .notNull()
    .$defaultFn(() => "x"),
});
const definition = fromDrizzle(logs, { omit: ["at"] });
type Log = RowOf<typeof definition>;

export const log: Log = { message: "started" };
export const full: Log = { message: "started", level: null, token: "y" };
// @ts-expect-error: a number is not a string
export const wrong: Log = { message: 1 };
// @ts-expect-error: there is no such column
fromDrizzle(logs, { omit: ["createdAt"] });

export async function write(): Promise<void> {
  const copier = await Copier.connect(definition);
  await copier.insert(log);
  // @ts-expect-error: the server makes it
  await copier.insert({ ...log, id: 1 });
  await copier.close();
}
