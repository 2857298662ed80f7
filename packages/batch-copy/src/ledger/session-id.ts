import { randomUUID } from "node:crypto";

/**
 * A new id of a session, which is a copier or a group that claims sources. The uuid says whether the
 * session can be found by its application_name: version 4 if it can; version 8, whose meaning is the
 * application's own (https://www.rfc-editor.org/rfc/rfc9562#name-uuid-version-8), if its connections are
 * those of a pool of the user's.
 */
export function newSessionId(hasOwnConnections: boolean): string {
  const id = randomUUID();
  return hasOwnConnections ? id : `${id.slice(0, VERSION)}8${id.slice(VERSION + 1)}`;
}

/** Whether connections of the session have its id in their application_name. */
export function isVisibleSession(id: string): boolean {
  return id[VERSION] === "4";
}

/** The place of the digit. */
const VERSION = 14;
