const UNITS = ["bytes", "kB", "MB", "GB", "TB"] as const;

/** A number of bytes, as `pg_size_pretty` of PostgreSQL prints it: `512 bytes`, `24 MB`. */
export function bytes(count: number): string {
  let value = count;
  let unit = 0;
  // The limit of pg_size_pretty (src/backend/utils/adt/dbsize.c), so that two digits are left.
  while (value >= 10 * 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${Math.round(value)} ${UNITS[unit]}`;
}
