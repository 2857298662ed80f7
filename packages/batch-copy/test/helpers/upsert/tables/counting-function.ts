/** A function that says how many rows the table has. In its SQL, `{T}` is the table's name. */
export function countingFunction(name: string): string[] {
  return [
    `CREATE FUNCTION @.${name}_{T}() RETURNS bigint LANGUAGE plpgsql AS
      $body$ BEGIN RETURN (SELECT count(*) FROM @.{T}); END $body$`,
  ];
}
