import type { InitializeHook, ResolveHook } from "node:module";

/** By their URLs. */
interface Replacement {
  readonly original: string;
  readonly mutant: string;
}

let replacement: Replacement;

export const initialize: InitializeHook<Replacement> = (data) => {
  replacement = data;
};

export const resolve: ResolveHook = async (specifier, context, nextResolve) => {
  const resolved = await nextResolve(specifier, context);
  return resolved.url === replacement.original
    ? { ...resolved, url: replacement.mutant }
    : resolved;
};
