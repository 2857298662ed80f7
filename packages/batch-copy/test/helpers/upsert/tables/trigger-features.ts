import type { Feature, FeatureKind } from "./feature.js";

interface TriggerOptions {
  readonly when: string;
  readonly body: string;
  readonly forEach?: "ROW" | "STATEMENT";
  readonly isDeferred?: boolean;
}

/** The statements of a trigger of the table. */
function trigger(
  name: string,
  { when, body, forEach = "ROW", isDeferred = false }: TriggerOptions,
): string[] {
  const kind = isDeferred ? "CONSTRAINT TRIGGER" : "TRIGGER";
  const deferral = isDeferred ? "DEFERRABLE INITIALLY DEFERRED " : "";
  return [
    `CREATE FUNCTION @.${name}_{T}() RETURNS trigger LANGUAGE plpgsql AS $body$ BEGIN ${body} END $body$`,
    `CREATE ${kind} ${name} ${when} ON @.{T} ${deferral}FOR EACH ${forEach} EXECUTE FUNCTION @.${name}_{T}()`,
  ];
}

/** A trigger that enters what happened into the history. */
function historian(name: string, options: TriggerOptions): Feature {
  return { name, after: trigger(name.replaceAll(" ", "_"), options), writesHistory: true };
}

const ENTER = "INSERT INTO @.h_{T} (entry) VALUES";
const ROW_ENTRY = `${ENTER} (concat_ws('|', TG_OP, NEW.mark, NEW.n, NEW.hits)); RETURN NULL;`;
const COUNT_ENTRY = `${ENTER} (concat_ws('|', TG_OP, NEW.mark, (SELECT count(*) FROM @.{T}))); RETURN NULL;`;
const STATEMENT_ENTRY = `${ENTER} ('statement ' || TG_OP); RETURN NULL;`;
const REFUSE_SIX = `IF NEW.n = 6 THEN
    RAISE 'no sixes' USING ERRCODE = 'UP001', CONSTRAINT = 'sixes';
  END IF;
  RETURN NULL;`;

/** Triggers that change, skip or refuse rows, or write a history. */
export const triggerFeatures: readonly FeatureKind[] = [
  {
    percent: 20,
    fits: ({ key, isPartitioned }) =>
      !isPartitioned && key.columns.some(({ type }) => type === "int" || type === "text"),
    make: ({ key }) => ({
      name: "BEFORE trigger that changes keys",
      after: trigger("rewrite", {
        when: "BEFORE INSERT",
        body: `${key.columns.map(({ name, type }) => rewrite(name, type)).join(" ")} RETURN NEW;`,
      }),
    }),
  },
  {
    percent: 8,
    make: ({ random }) => ({
      name: "BEFORE trigger that skips rows",
      after: trigger("skip", {
        when: `BEFORE ${random.pick(["INSERT", "UPDATE", "INSERT OR UPDATE"])}`,
        body: "IF NEW.n = 7 THEN RETURN NULL; END IF; RETURN NEW;",
      }),
      // An encoder does not know which rows will be skipped, and refuses NULL in each.
      excludes: "NOT NULL",
    }),
  },
  {
    percent: 5,
    make: () => ({
      name: "BEFORE trigger that reads the table",
      after: trigger("read", {
        when: "BEFORE INSERT",
        body: "NEW.note := (SELECT count(*) FROM @.{T}); RETURN NEW;",
      }),
      needsSingleRows: true,
    }),
  },
  {
    percent: 8,
    make: ({ random }) => ({
      name: "AFTER trigger that raises",
      after: trigger("raise", {
        when: `AFTER ${random.pick(["INSERT", "UPDATE", "INSERT OR UPDATE"])}`,
        body: REFUSE_SIX,
      }),
    }),
  },
  {
    percent: 4,
    make: () => ({
      name: "deferred trigger that raises",
      after: trigger("raise_late", {
        when: "AFTER INSERT OR UPDATE",
        body: REFUSE_SIX,
        isDeferred: true,
      }),
      needsSingleRows: true,
    }),
  },
  {
    percent: 8,
    make: () =>
      historian("AFTER trigger of rows", { when: "AFTER INSERT OR UPDATE", body: ROW_ENTRY }),
  },
  {
    percent: 4,
    make: () => ({
      ...historian("AFTER trigger that counts", {
        when: "AFTER INSERT OR UPDATE",
        body: COUNT_ENTRY,
      }),
      needsSingleRows: true,
    }),
  },
  {
    percent: 5,
    make: ({ random }) => ({
      ...historian("statement trigger", {
        when: random.pick(["BEFORE INSERT", "AFTER INSERT OR UPDATE", "BEFORE UPDATE"]),
        body: STATEMENT_ENTRY,
        forEach: "STATEMENT",
      }),
      needsSingleRows: true,
    }),
  },
];

/** Gives several keys the same value. */
function rewrite(name: string, type: string): string {
  switch (type) {
    case "int":
      return `NEW.${name} := abs(NEW.${name});`;
    case "text":
      return `NEW.${name} := lower(NEW.${name});`;
    default:
      return "";
  }
}
