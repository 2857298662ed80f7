import { ColumnType } from "../column-type.js";
import { quoteQualified, schemaSource } from "../identifier.js";

/**
 * The domain of that name over `base`: what `base` takes. The server checks the domain's constraints.
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
