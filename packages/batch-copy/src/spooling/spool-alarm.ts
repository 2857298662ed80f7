import type { Alarm } from "../delivery/alarm.js";
import { spoolTroubleChannel, type SpoolTroubleMessage } from "../diagnostics.js";

/** Tells of trouble with a spool. */
export class SpoolAlarm {
  readonly #alarm: Alarm;
  readonly #directory: string;

  constructor(alarm: Alarm, directory: string) {
    this.#alarm = alarm;
    this.#directory = directory;
  }

  /** @param kind identifies the kind of problem: each is reported at most once a minute */
  warn(kind: string, error: Error): void {
    const directory = this.#directory;
    this.#alarm.sound(kind, `the spool ${directory}: ${error.message}`);
    if (spoolTroubleChannel.hasSubscribers) {
      spoolTroubleChannel.publish({ directory, kind, error } satisfies SpoolTroubleMessage);
    }
  }
}
