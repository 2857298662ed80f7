import { Admission } from "./batch/admission.js";
import { Batcher, type BatchLimits } from "./batch/batcher.js";
import type { PgClient } from "./copy/driver.js";
import { Alarm } from "./delivery/alarm.js";
import { Delivery } from "./delivery/delivery.js";
import { zeroRunCounts, type Means } from "./delivery/means.js";
import { Health } from "./delivery/patience.js";
import { isHandlingIn } from "./delivery/rejecter.js";
import { Settlement } from "./delivery/settlement.js";
import { BatchCopyError, EncodeError } from "./errors.js";
import type { Hub } from "./hub.js";
import type { ResolvedOptions } from "./options.js";
import { findTarget, type CopyTarget } from "./table/copy-target.js";
import type { FieldChoice } from "./table/field-choice.js";
import type { Field } from "./table/field.js";
import { TableForm } from "./table/table-form.js";
import { columnsOf, type Table } from "./table/table.js";
import { copyWrite } from "./transaction/copy-write.js";

/** The options of one table. */
export type TableSettings<Row> = BatchLimits & Pick<ResolvedOptions<Row>, "onReject">;

/** A table that was found, and what it was asked for by. */
export interface FoundTable {
  readonly table: Table | string;
  readonly target: CopyTarget;
}

const TEMPORARY =
  "a temporary table is visible only to the connection that created it: pass the pool that created it, with max: 1";

/**
 * Finds a table that a copier can fill.
 *
 * @throws SchemaMismatchError, ConnectError or BatchCopyError as `Copier.connect()`.
 */
export async function findTable(
  { connections }: Hub,
  table: Table | string,
  fieldsOf: FieldChoice,
): Promise<FoundTable> {
  const target = await connections.use((client) => findTarget(table, client, fieldsOf));
  if (target.isTemporary && !connections.isSingle) {
    throw new BatchCopyError("INVALID_OPTION", TEMPORARY);
  }
  connections.holdsTemporaryTable ||= target.isTemporary;
  return { table, target };
}

/** What belongs to one table of a hub: how its rows are accepted, written and settled. */
export class TableParts<Row extends object> {
  readonly admission: Admission<Row>;
  readonly delivery: Delivery<Row>;

  constructor(hub: Hub, found: FoundTable, options: TableSettings<Row>) {
    const { asyncContext, clock, pages, budget, schedule } = hub;
    const form = new TableForm<Row>({
      target: found.target,
      formats: hub.formats,
      isFromCatalog: typeof found.table === "string",
      find: () => hub.connections.use((client) => findAgain(found, client)),
      onChange: (format) => this.admission.changeCodec(format),
    });
    const batcher = new Batcher<Row>(form.format, options, pages, clock, () =>
      this.delivery.feed(),
    );
    this.admission = new Admission(batcher, budget, clock, {
      isExempt: () => isHandlingIn(hub),
      renew: (error) => (error instanceof EncodeError ? form.renewFor(error) : undefined),
    });
    const { name } = found.target;
    const alarm = new Alarm(clock);
    const settlement = new Settlement<Row>({
      table: name,
      onReject: options.onReject,
      group: hub,
      alarm,
      onReleased: (batch) => {
        batch.pages.forEach((page) => pages.release(page));
        this.admission.release(batch.bytes);
      },
    });
    const means = meansOf(hub, found.target, alarm, () => form.look());
    this.delivery = new Delivery({
      batcher,
      schedule,
      settlement,
      means,
      asyncContext,
    });
  }
}

function meansOf(
  hub: Hub,
  target: CopyTarget,
  alarm: Alarm,
  findMismatch: Means["findMismatch"],
): Means {
  const { clock, connections, lockTimeoutMs, lostBackends, schedule } = hub;
  const { retry, copyTimeoutMs, onInDoubt } = hub.options;
  const write = copyWrite(target);
  return {
    route: { connections, guard: hub.guard },
    write: () => write,
    lockTimeoutMs,
    sessions: schedule.lanes,
    lostBackends,
    table: target.name,
    retry,
    copyTimeoutMs,
    onInDoubt,
    clock,
    health: new Health(),
    alarm,
    counts: zeroRunCounts(),
    findMismatch,
  };
}

/** Finds the table of a copier again: the same one, and the same columns of it. */
function findAgain({ table, target }: FoundTable, client: PgClient): Promise<CopyTarget> {
  const fieldsOf = (): readonly Field[] => columnsOf(target.definition);
  return findTarget(typeof table === "string" ? target.name : table, client, fieldsOf);
}
