// Checked by the compiler: each line below @ts-expect-error must not compile.
import {
  arrayOf,
  enumOf,
  int4,
  jsonb,
  table,
  text,
  timestamptz,
  type Copier,
  type RowOf,
} from "../../dist/index.js";

/** Exactly the same type, optional keys included. */
type Equal<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

function isTrue(value: true): void {
  void value;
}

const events = table("events", {
  id: int4,
  kind: enumOf("kind", ["view", "click"]).default(() => "view"),
  n: int4.nullable().default(() => 1),
  m: int4.default(() => 1).nullable(),
  tags: arrayOf(text).default(() => []),
  data: jsonb.default(() => ({})),
});
type Event = RowOf<typeof events>;
isTrue({} as Equal<Event["kind"], "view" | "click" | undefined>);
isTrue({} as Equal<Event["n"], number | null | undefined>);
isTrue({} as Equal<Event["m"], number | null | undefined>);
isTrue({} as Equal<Pick<Event, "id">, { id: number }>);

const stamped = table("stamped", { at: timestamptz.default(() => new Date()) });
isTrue({} as Equal<Partial<RowOf<typeof stamped>>, RowOf<typeof stamped>>);

export function rows(copier: Copier<Event>): void {
  void copier.send({ id: 1 });
  void copier.send({ id: 1, kind: "click", n: null, m: null, tags: ["x"], data: 5 });
  void copier.send({ id: 1, kind: undefined });
  // @ts-expect-error a default does not make a column nullable
  void copier.send({ id: 1, kind: null });
  // @ts-expect-error a column without a default is missing
  void copier.send({ kind: "click" });
}

// A default may be null where the column is nullable.
int4.nullable().default(() => null);
// @ts-expect-error the column is NOT NULL
int4.default(() => null);
// @ts-expect-error a default is a function
int4.default(5);
// @ts-expect-error a value of the column's type
int4.default(() => "5");
// @ts-expect-error not a promise of one
int4.default(async () => 5);
// @ts-expect-error elements have no defaults
arrayOf(int4.default(() => 5));
