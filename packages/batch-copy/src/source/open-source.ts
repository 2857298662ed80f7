import type { Admission } from "../batch/admission.js";
import { checkCallOptions } from "../call-options.js";
import type { Delivery } from "../delivery/delivery.js";
import { ClosedError } from "../errors.js";
import { invalid, shown } from "../invalid-option.js";
import { checkSourceName } from "../ledger/source-name.js";
import { claimOwn, type ClaimPlace } from "./claim-own.js";
import type { MakeInvalidRow } from "./make-invalid-row.js";
import type { OwnSource } from "./own-source.js";
import { toPosition } from "./position.js";
import { createSource, type Source, type SourceOptions } from "./source.js";

/** What opening a source takes. */
export interface SourcePlace<Row extends object> extends ClaimPlace {
  /** Whether rows are not accepted any more. */
  readonly isClosed: () => boolean;
  /** Whether the current code runs in an `onReject` that its position may wait for. */
  readonly isInHandler: () => boolean;
  /** Warns of a source that is lost. */
  readonly warn: (message: string) => void;
  readonly admission: Admission<Row>;
  readonly delivery: Delivery<Row>;
  /** Undefined without a table of dead letters. */
  readonly invalidRow: MakeInvalidRow<Row> | undefined;
}

/** A source that was opened, and its inside. */
export interface OpenedSource<Row extends object> {
  readonly source: Source<Row>;
  readonly own: OwnSource;
}

/**
 * Opens a source. See `Copier.source`.
 */
export async function openSource<Row extends object>(
  place: SourcePlace<Row>,
  name: string,
  options: SourceOptions,
): Promise<OpenedSource<Row>> {
  const { start, onLost } = checkSourceOptions(name, options);
  const { admission, delivery, invalidRow, isInHandler } = place;
  if (place.isClosed()) {
    throw new ClosedError();
  }
  const own = await claimOwn(
    place,
    { name, start, isDurable: false },
    {
      onLost,
      refuseWaiting: (source, error) =>
        admission.refuse(({ unit }) => unit?.source === source, error),
      warn: place.warn,
    },
  );
  delivery.keepOrder();
  return { own, source: createSource({ own, admission, invalidRow, isInHandler }) };
}

function checkSourceOptions(
  name: string,
  options: SourceOptions,
): { readonly start: bigint | undefined; readonly onLost: SourceOptions["onLost"] } {
  checkSourceName(name);
  checkCallOptions("source()", options, ["start", "onLost"]);
  const { start, onLost } = options;
  if (onLost !== undefined && typeof onLost !== "function") {
    throw invalid(`onLost must be a function, got ${shown(onLost)}`);
  }
  return { start: start === undefined ? undefined : toPosition(start), onLost };
}
