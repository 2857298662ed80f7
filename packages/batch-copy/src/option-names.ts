import { nearest } from "./nearest.js";

/**
 * What pg, other pools, queues and bulk loaders call their options, without case, separators and units
 * of time, and the options of ours that come closest.
 */
const ALIASES: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    connectionstring: ["databaseUrl"],
    url: ["databaseUrl"],
    uri: ["databaseUrl"],
    dsn: ["databaseUrl"],
    host: ["connection"],
    hostname: ["connection"],
    port: ["connection"],
    user: ["connection"],
    username: ["connection"],
    password: ["connection"],
    database: ["connection"],
    dbname: ["connection"],
    ssl: ["connection"],
    sslmode: ["databaseUrl", "connection"],
    keepalive: ["connection"],
    options: ["connection"],
    applicationname: ["connection"],
    client: ["pool"],
    db: ["pool"],
    max: ["connections"],
    maxconnections: ["connections"],
    poolsize: ["connections"],
    concurrency: ["connections"],
    parallelism: ["connections"],
    workers: ["connections"],
    batchsize: ["maxBatchRows", "maxBatchBytes"],
    maxbatchsize: ["maxBatchRows", "maxBatchBytes"],
    chunksize: ["maxBatchRows", "maxBatchBytes"],
    maxrows: ["maxBatchRows"],
    batchrows: ["maxBatchRows"],
    maxbytes: ["maxBatchBytes"],
    batchbytes: ["maxBatchBytes"],
    flushbytes: ["maxBatchBytes"],
    interval: ["flushIntervalMs"],
    linger: ["flushIntervalMs"],
    flushafter: ["flushIntervalMs"],
    batchinterval: ["flushIntervalMs"],
    batchtimeout: ["flushIntervalMs"],
    maxwait: ["flushIntervalMs"],
    highwatermark: ["maxBufferedBytes"],
    buffersize: ["maxBufferedBytes"],
    maxbuffersize: ["maxBufferedBytes"],
    waittimeout: ["poolTimeoutMs"],
    timeout: ["connectTimeoutMs", "copyTimeoutMs", "retry.timeoutMs"],
    connectiontimeout: ["connectTimeoutMs"],
    acquiretimeout: ["poolTimeoutMs"],
    maxlifetime: ["connectionLifetimeMs"],
    idletimeout: ["connectionLifetimeMs"],
    statementtimeout: ["copyTimeoutMs"],
    querytimeout: ["copyTimeoutMs"],
    retries: ["retry.timeoutMs"],
    maxretries: ["retry.timeoutMs"],
    retrylimit: ["retry.timeoutMs"],
    attempts: ["retry.timeoutMs"],
    maxattempts: ["retry.timeoutMs"],
    backoff: ["retry"],
    delay: ["retry.minDelayMs"],
    retrydelay: ["retry.minDelayMs"],
    initialdelay: ["retry.minDelayMs"],
    mintimeout: ["retry.minDelayMs"],
    maxtimeout: ["retry.maxDelayMs"],
    onerror: ["onReject"],
    onfailure: ["onReject"],
    onrejected: ["onReject"],
    ondrop: ["onReject"],
    deadletter: ["deadLetters"],
    deadlettertable: ["deadLetters"],
    deadletterqueue: ["deadLetters"],
    dlq: ["deadLetters"],
    errortable: ["deadLetters"],
    rejecttable: ["deadLetters"],
    fields: ["columns"],
    columnnames: ["columns"],
    name: ["names"],
    casing: ["names"],
    case: ["names"],
    keycase: ["names"],
    snakecase: ["names"],
    camelcase: ["names"],
    naming: ["names"],
    namingstrategy: ["names"],
    underscored: ["names"],
    mapping: ["names"],
    map: ["names"],
    fieldmap: ["names"],
    fieldmapping: ["names"],
    columnmap: ["names"],
    columnmapping: ["names"],
    transform: ["names"],
    upsert: ["onConflict"],
    conflict: ["onConflict"],
    conflicts: ["onConflict"],
    target: ["onConflict"],
    targetwhere: ["onConflict"],
    set: ["onConflict"],
    setwhere: ["onConflict"],
    where: ["onConflict"],
    update: ["onConflict"],
    donothing: ["onConflict"],
    doupdate: ["onConflict"],
    doupdateset: ["onConflict"],
    onconflictdonothing: ["onConflict"],
    onconflictdoupdate: ["onConflict"],
    onduplicate: ["onConflict"],
    onduplicatekey: ["onConflict"],
    onduplicatekeyupdate: ["onConflict"],
    updateonduplicate: ["onConflict"],
    ignoreduplicates: ["onConflict"],
    skipduplicates: ["onConflict"],
    duplicates: ["onConflict"],
    dedupe: ["onConflict"],
    deduplicate: ["onConflict"],
    replace: ["onConflict"],
    merge: ["onConflict"],
  }),
);

/** The sentence about an option that does not exist: ` Did you mean "databaseUrl"?`, or nothing. */
export function didYouMean(name: string, names: readonly string[]): string {
  const lastPart = name.replace(/^retry\./, "");
  const key = withoutUnit(lastPart);
  const near = nearest(key, names.map(withoutUnit));
  const found =
    ALIASES.get(key) ??
    names.filter((candidate) => near !== undefined && withoutUnit(candidate) === near);
  const quoted = found.map((option) => JSON.stringify(option));
  return quoted.length === 0 ? "" : ` Did you mean ${quoted.join(" or ")}?`;
}

/** `retry.maxDelayMs`, `max_delay` and `maxDelayMillis` are one. */
function withoutUnit(name: string): string {
  return name
    .replace(/^retry\./, "")
    .replace(/(?<=.)_?(?:m(?:illi)?s(?:econds)?|millis|sec(?:ond)?s?)$/i, "")
    .replaceAll(/[^a-z0-9]/gi, "")
    .toLowerCase();
}
