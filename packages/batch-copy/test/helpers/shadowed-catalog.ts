/**
 * SQL that fills the schema `shadow` with objects named as those of pg_catalog: relations without
 * columns, domains that take no value, functions and operators that raise an error. With this schema
 * before pg_catalog in the search_path, a query fails that does not say which one it means.
 */
export const SHADOWED_CATALOG = `
CREATE SCHEMA shadow;
CREATE FUNCTION shadow.create_or_skip(statement text) RETURNS int LANGUAGE plpgsql AS $body$
BEGIN
  EXECUTE statement;
  RETURN 1;
EXCEPTION WHEN OTHERS THEN
  -- Not every type and argument of a built-in function may be one of plpgsql's.
  RETURN 0;
END $body$;

CREATE TABLE public.shadowed AS
SELECT 'function' AS kind, sum(shadow.create_or_skip(format(
  'CREATE FUNCTION shadow.%I(%s) RETURNS %s%s LANGUAGE plpgsql AS $f$BEGIN RAISE ''shadowed''; END$f$',
  proname, pg_get_function_identity_arguments(oid), CASE WHEN proretset THEN 'SETOF ' END, prorettype::regtype)))
FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace AND prorettype <> 'internal'::regtype
  AND NOT 'internal'::regtype = ANY (proargtypes) AND NOT 'cstring'::regtype = ANY (proargtypes)
UNION ALL
SELECT 'operator', sum(shadow.create_or_skip(format(
  'CREATE FUNCTION shadow.operator_%1$s(%2$s, %3$s) RETURNS %4$s LANGUAGE plpgsql AS $f$BEGIN RAISE ''shadowed''; END$f$;
  CREATE OPERATOR shadow.%5$s (FUNCTION = shadow.operator_%1$s, LEFTARG = %2$s, RIGHTARG = %3$s)',
  oid, oprleft::regtype, oprright::regtype, oprresult::regtype, oprname)))
FROM pg_operator WHERE oprnamespace = 'pg_catalog'::regnamespace AND oprkind = 'b'
UNION ALL
SELECT 'type', sum(shadow.create_or_skip(format(
  'CREATE DOMAIN shadow.%1$I AS pg_catalog.%1$I CHECK (false)', typname)))
FROM pg_type WHERE typnamespace = 'pg_catalog'::regnamespace AND typtype = 'b' AND typelem = 0
UNION ALL
SELECT 'relation', sum(shadow.create_or_skip(format('CREATE TABLE shadow.%I ()', relname)))
FROM pg_class WHERE relnamespace = 'pg_catalog'::regnamespace AND relkind IN ('r', 'v')`;
