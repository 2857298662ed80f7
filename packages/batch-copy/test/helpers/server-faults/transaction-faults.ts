import { disconnect } from "./disconnect.js";
import type { ServerFault } from "./server-fault.js";
import type { Stage } from "./stage.js";

/** With a ledger transactions are READ COMMITTED, and do not conflict. */
export const serializationFault: ServerFault = {
  what: "serializable transactions conflict",
  async strike(stage) {
    await withTrigger(
      stage,
      `BEGIN UPDATE ${stage.name}_counter SET n = n + 1; RETURN NULL; END`,
      async () => {
        await stage.sql("ALTER ROLE writer SET default_transaction_isolation = serializable");
        // A role's settings are those of new sessions.
        await disconnect(stage);
        await stage.untilMet("40001");
        await stage.sql("ALTER ROLE writer RESET default_transaction_isolation");
        await disconnect(stage);
      },
    );
  },
};

/** Conflicts between the copier's own transactions, provoked by a trigger. */
export const transactionFaults: readonly ServerFault[] = [
  {
    what: "transactions deadlock",
    async strike(stage) {
      await withTrigger(
        stage,
        `DECLARE parity int := nextval('${stage.name}_turns') % 2;
         BEGIN
           PERFORM pg_advisory_xact_lock(parity);
           PERFORM pg_sleep(0.005);
           PERFORM pg_advisory_xact_lock(1 - parity);
           RETURN NULL;
         END`,
        () => stage.untilMet("40P01"),
      );
    },
  },
  serializationFault,
];

/** Runs the body before each COPY, for a while. */
async function withTrigger(
  stage: Stage,
  body: string,
  meanwhile: () => Promise<void>,
): Promise<void> {
  const { name } = stage;
  await stage.sql(`
    CREATE SEQUENCE ${name}_turns;
    CREATE TABLE ${name}_counter AS SELECT 0 AS n;
    CREATE FUNCTION ${name}_conflict() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
      AS $$ ${body} $$;
    CREATE TRIGGER conflict BEFORE INSERT ON ${name}
      FOR EACH STATEMENT EXECUTE FUNCTION ${name}_conflict()`);
  await meanwhile();
  await stage.sql(`
    DROP TRIGGER conflict ON ${name};
    DROP FUNCTION ${name}_conflict;
    DROP TABLE ${name}_counter;
    DROP SEQUENCE ${name}_turns`);
}
