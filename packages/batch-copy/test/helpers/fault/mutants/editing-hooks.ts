import { readFile } from "node:fs/promises";
import type { InitializeHook, LoadHook } from "node:module";
import { fileURLToPath } from "node:url";

interface LocatedEdit {
  /** Of the module. */
  readonly url: string;
  readonly from: string;
  readonly to: string;
}

let edits: readonly LocatedEdit[];

export const initialize: InitializeHook<readonly LocatedEdit[]> = (data) => {
  edits = data;
};

export const load: LoadHook = async (url, context, nextLoad) => {
  const loaded = await nextLoad(url, context);
  const own = edits.filter((edit) => edit.url === url);
  if (own.length === 0) {
    return loaded;
  }
  let source = await readFile(fileURLToPath(url), "utf8");
  for (const { from, to } of own) {
    const parts = source.split(from);
    if (parts.length !== 2) {
      throw new Error(`${url} has ${parts.length - 1} times: ${from}`);
    }
    source = parts.join(to);
  }
  return { ...loaded, source };
};
