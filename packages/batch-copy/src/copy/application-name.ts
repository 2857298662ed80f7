/** `NAMEDATALEN - 1`: the server cuts the rest (https://www.postgresql.org/docs/current/runtime-config-logging.html). */
const MAX_LENGTH = 63;

/**
 * The application_name of a connection of a session: it ends in the whole id of the session, by which
 * the connection is found in `pg_stat_activity`. What does not fit is cut from the user's own name.
 *
 * Other characters than printable ASCII become `?` here. The server replaces them as well, since
 * PostgreSQL 16 by more than one character, and might cut the id (`pg_clean_ascii`).
 *
 * @param name that of the user, or the default one
 * @param session a uuid
 */
export function applicationName(name: string, session: string): string {
  const printable = name.replaceAll(/[^ -~]/gu, "?");
  return `${printable.slice(0, MAX_LENGTH - 1 - session.length)}/${session}`;
}
