// SQL looks operators up by the search_path, where a schema may have some of its own
// (https://www.postgresql.org/docs/current/sql-expressions.html, "Operator Invocations").

/** `=` of pg_catalog. Use it in place of IN, CASE x WHEN and IS DISTINCT FROM too: they look up `=`. */
export const EQ = "OPERATOR(pg_catalog.=)";
/** `<>` of pg_catalog. */
export const NE = "OPERATOR(pg_catalog.<>)";
