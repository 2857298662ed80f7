import { ColumnType } from "../column-type.js";
import { quoteQualified, schemaSource } from "../identifier.js";

/**
 * The domain with that name over `base`, whose values it accepts. The server checks the constraints
 * of the domain.
 *
 * @example
 * table("users", { email: domainOf("email_address", text) });
 */
export function domainOf<Value>(
  name: string,
  base: ColumnType<Value, boolean>,
  options: { readonly schema?: string } = {},
): ColumnType<Value> {
  const sql = quoteQualified(options.schema, name);
  return new ColumnType(
    {
      name: `domainOf(${JSON.stringify(name)}, ${base.name}${schemaSource(options.schema)})`,
      sql,
      ddl: [...base.ddl, `CREATE DOMAIN ${sql} AS ${base.sql};`],
      hasArrayValues: base.hasArrayValues,
      shape: { kind: "domain", parts: { base } },
      codecFor: (type) => base.codecFor(type.element!),
    },
    false,
  );
}
