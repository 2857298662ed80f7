/** The way to a server on which sessions have this isolation level by default, if one is given. */
export function withIsolation(href: string, level: string | undefined): string {
  const url = new URL(href);
  if (level !== undefined) {
    // A space separates options unless it is escaped (src/backend/utils/init/postinit.c).
    const value = level.replace(" ", "\\ ");
    url.searchParams.set("options", `-c default_transaction_isolation=${value}`);
  }
  return url.href;
}
