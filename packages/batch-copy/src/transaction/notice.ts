/** A NOTICE or WARNING of the server. */
export interface PgNotice {
  readonly message?: string | undefined;
  /** The function in the server's source that sent it; unlike the message, it is not translated. */
  readonly routine?: string | undefined;
  /** The table that it is about. */
  readonly table?: string | undefined;
}
