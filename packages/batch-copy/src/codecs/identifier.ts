/** A name as SQL takes it, whatever it holds. */
export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A name with its schema, where it has one. */
export function quoteQualified(schema: string | undefined, name: string): string {
  return schema === undefined
    ? quoteIdentifier(name)
    : `${quoteIdentifier(schema)}.${quoteIdentifier(name)}`;
}

/** The option that names a schema, as further arguments in a definition. */
export function schemaSource(schema: string | undefined): string {
  return schema === undefined ? "" : `, { schema: ${JSON.stringify(schema)} }`;
}
