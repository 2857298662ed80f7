import type { InitializeHook, LoadHook } from "node:module";

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
  let source = String(loaded.source);
  for (const { from, to } of own) {
    const parts = source.split(from);
    if (parts.length !== 2) {
      throw new Error(`${url} has ${parts.length - 1} times: ${from}`);
    }
    source = parts.join(to);
  }
  return { ...loaded, source };
};
