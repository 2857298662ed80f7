// Checked by the compiler: each line below @ts-expect-error must not compile.
import type {
  CopierGroupOptions,
  CopierOptions,
  SpoolCorruptError,
  SpoolError,
  SpoolOptions,
  TableCopierOptions,
} from "../../dist/index.js";

const directory = "/var/lib/app/spool";

export const options: CopierOptions[] = [
  { spool: undefined },
  { spool: { directory } },
  { spool: { directory, maxBytes: 10 * 2 ** 30, retainMs: 60_000 }, deadLetters: "letters" },
  { spool: { directory, maxBytes: undefined, retainMs: undefined } },
];
export const ofGroup: CopierGroupOptions = { spool: { directory } satisfies SpoolOptions };

// @ts-expect-error a path alone
void ({ spool: directory } satisfies CopierOptions);
// @ts-expect-error a spool without a directory
void ({ spool: { maxBytes: 2 ** 30 } } satisfies CopierOptions);
// @ts-expect-error there is no such part
void ({ spool: { directory, path: directory } } satisfies CopierOptions);
// @ts-expect-error a bigint
void ({ spool: { directory, maxBytes: 1n } } satisfies CopierOptions);
// @ts-expect-error it is one of the group
void ({ spool: { directory } } satisfies TableCopierOptions);

export function told(error: SpoolError | SpoolCorruptError): string {
  switch (error.code) {
    case "SPOOL_FAILED": {
      const accepted: number | undefined = error.accepted;
      return `${accepted}`;
    }
    case "SPOOL_CORRUPT": {
      const at: `${string}:${number}` = `${error.file}:${error.offset}`;
      return at;
    }
  }
}
