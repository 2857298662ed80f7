import { type Fields, NULL_FIELD, SCRATCH_FIELD, TEXT_FIELD } from "../../dist/read/fields.js";
import type { BadRecord, RecordHandler, RecordPlace } from "../../dist/read/record-reader.js";

/** A record that a reader found, with copies of its fields: strings for texts, null for NULL. */
export interface ReadRecord extends RecordPlace {
  readonly values: readonly unknown[];
}

/** Keeps what a reader finds. */
export class KeepingHandler implements RecordHandler {
  readonly found: (ReadRecord | BadRecord)[] = [];

  record(fields: Fields, offset: number, end: number, line: number): void {
    this.found.push({ values: valuesOf(fields), offset, end, line });
  }

  bad(record: BadRecord): void {
    this.found.push(record);
  }

  get records(): ReadRecord[] {
    return this.found.filter((found) => "values" in found);
  }

  get reasons(): string[] {
    return this.found.filter((found) => "reason" in found).map(({ reason }) => reason);
  }
}

function valuesOf(fields: Fields): unknown[] {
  return Array.from({ length: fields.count }, (_, i) => {
    switch (fields.kinds[i]) {
      case NULL_FIELD:
        return null;
      case TEXT_FIELD:
        return textOf(fields.bytes, fields, i);
      case SCRATCH_FIELD:
        return textOf(fields.scratch, fields, i);
      default:
        return fields.values[i];
    }
  });
}

function textOf(bytes: Uint8Array, { starts, ends }: Fields, field: number): string {
  return Buffer.from(bytes.subarray(starts[field], ends[field])).toString();
}
