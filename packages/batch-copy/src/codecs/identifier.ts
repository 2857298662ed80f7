/** A name as a quoted SQL identifier. */
export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** The name for SQL, quoted if SQL would fold it to lower case or not accept it. */
export function asInSql(name: string): string {
  return /^[a-z_][a-z0-9_$]*$/.test(name) ? name : quoteIdentifier(name);
}

/** A quoted name, with its schema if there is one. */
export function quoteQualified(schema: string | undefined, name: string): string {
  return schema === undefined
    ? quoteIdentifier(name)
    : `${quoteIdentifier(schema)}.${quoteIdentifier(name)}`;
}

/** The option that names a schema, as a further argument in the source of a definition. */
export function schemaSource(schema: string | undefined): string {
  return schema === undefined ? "" : `, { schema: ${JSON.stringify(schema)} }`;
}

/** A key in the source of a definition. Without brackets, `__proto__` would be the prototype. */
export function keySource(name: string): string {
  const quoted = JSON.stringify(name);
  return name === "__proto__" ? `[${quoted}]` : quoted;
}
