/** The settings that change text forms, with the values that letters are written and read with. */
const SETTINGS = {
  datestyle: "ISO, YMD",
  intervalstyle: "postgres",
  timezone: "UTC",
  extra_float_digits: "1",
  lc_monetary: "C",
  xmloption: "content",
};

/**
 * An expression that sets them until the end of the transaction. It is not NULL. With these, the server
 * reads back exactly what it prints.
 */
export const CONSTANT_FORM: string = `pg_catalog.concat(${Object.entries(SETTINGS)
  .map(([name, value]) => `pg_catalog.set_config('${name}', '${value}', true)`)
  .join(", ")})`;
