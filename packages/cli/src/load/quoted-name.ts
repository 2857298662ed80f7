/** The qualified name of a table, quoted. */
export function quotedName({ schema, name }: { schema: string; name: string }): string {
  return [schema, name].map((part) => `"${part.replaceAll('"', '""')}"`).join(".");
}
