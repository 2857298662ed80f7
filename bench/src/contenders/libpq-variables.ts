/** In the environment, because everyone can read a command line, and this holds the password. */
export function libpqVariables(databaseUrl: string): Readonly<Record<string, string>> {
  const { hostname, port, username, password, pathname, searchParams } = new URL(databaseUrl);
  const variables = {
    PGHOST: hostname,
    PGPORT: port,
    PGUSER: username,
    PGPASSWORD: password,
    PGDATABASE: pathname.slice(1),
    PGSSLMODE: searchParams.get("sslmode") ?? "",
  };
  const given = Object.entries(variables).filter(([, value]) => value !== "");
  return Object.fromEntries(given.map(([name, value]) => [name, decodeURIComponent(value)]));
}
