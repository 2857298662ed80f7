import { execFile } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import { startServer } from "@batch-copy/test-server";

const run = promisify(execFile);

/** Where Debian keeps its PostgreSQL, and the translations of its messages. */
const INSTALLATIONS = "/usr/lib/postgresql";
const TRANSLATIONS = "/usr/share/locale";

interface TranslatedServer {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * Starts a server of the system's, whose messages are in the language: that of the package has no
 * translations.
 *
 * @param locale such as `de_DE`
 * @returns undefined if the system has none
 */
export async function startTranslatedServer(locale: string): Promise<TranslatedServer | undefined> {
  const nativeDir = translatedInstallation(locale.slice(0, 2));
  if (nativeDir === undefined) {
    return undefined;
  }
  const folder = await mkdtemp(join(tmpdir(), "batch-copy-locale-"));
  const remove = (): Promise<void> => rm(folder, { recursive: true });
  const name = `${locale}.UTF-8`;
  try {
    await chmod(folder, 0o755);
    await run("localedef", ["-i", locale, "-f", "UTF-8", join(folder, name)]);
  } catch {
    await remove();
    return undefined;
  }
  const server = await startServer({
    nativeDir,
    environment: { LOCPATH: folder },
    settings: { lc_messages: name },
  });
  return { url: server.url, stop: () => server.stop().then(remove) };
}

function translatedInstallation(language: string): string | undefined {
  const majors = existsSync(INSTALLATIONS) ? readdirSync(INSTALLATIONS) : [];
  const major = majors.find((name) =>
    existsSync(join(TRANSLATIONS, language, "LC_MESSAGES", `postgres-${name}.mo`)),
  );
  return major === undefined ? undefined : join(INSTALLATIONS, major);
}
