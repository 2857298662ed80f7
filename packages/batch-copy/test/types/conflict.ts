// Checked by the compiler: each line below @ts-expect-error must not compile.
import {
  Copier,
  int4,
  table,
  text,
  type ConflictOptions,
  type CopierGroup,
  type CopierOptions,
} from "../../dist/index.js";

const people = table("people", { id: int4, fullName: text.nullable() }, { names: "snake_case" });

interface Person {
  id: number;
  fullName?: string;
}

const keyed: ConflictOptions<Person> = { columns: ["id"], update: "all" };
const anyRows: CopierOptions = { onConflict: { update: { hits: "people.hits + 1" } } };

export async function ofRows(group: CopierGroup): Promise<void> {
  await Copier.connect(people, { onConflict: { update: "all" } });
  await Copier.connect(people, { onConflict: { columns: ["id"], update: "nothing" } });
  await Copier.connect(people, { onConflict: { update: ["fullName"] } });
  await Copier.connect(people, { onConflict: { update: ["fullName"] as const, where: "true" } });
  await Copier.connect(people, {
    onConflict: { update: { fullName: "upper(excluded.full_name)" } },
  });
  await Copier.connect(people, {
    onConflict: { update: { updatedAt: "now()" }, predicate: "true" },
  });
  await Copier.connect<Person>("people", { onConflict: keyed });
  await Copier.connect<Person>("people", anyRows);
  await Copier.connect(people, anyRows);
  await Copier.connect("people", { onConflict: { columns: ["any"], update: ["thing"] } });
  await Copier.connect(people, { onConflict: undefined });
  await group.copier(people, { onConflict: { columns: ["id"], update: ["fullName"] } });
  // @ts-expect-error columns are keys, not names in SQL
  await Copier.connect(people, { onConflict: { columns: ["full_name"], update: "all" } });
  // @ts-expect-error an array has keys of the row
  await Copier.connect(people, { onConflict: { update: ["updatedAt"] } });
  // @ts-expect-error update is required
  await Copier.connect(people, { onConflict: { columns: ["id"] } });
  // @ts-expect-error there is no such word
  await Copier.connect(people, { onConflict: { update: "ignore" } });
  // @ts-expect-error values are SQL
  await Copier.connect(people, { onConflict: { update: { fullName: 5 } } });
  // @ts-expect-error there is no such option
  await Copier.connect(people, { onConflict: { update: "all", target: ["id"] } });
  // @ts-expect-error columns are a list
  await Copier.connect<Person>("people", { onConflict: { columns: "id", update: "all" } });
  // @ts-expect-error conditions are SQL
  await Copier.connect(people, { onConflict: { update: "all", where: () => true } });
}
