import type { TypeDescription } from "batch-copy";

/** What of a type readers must know. */
export interface ColumnShape {
  /** Whether its values, or the elements of its arrays, are JSON. */
  readonly isJson: boolean;
  readonly isArray: boolean;
}

/** The shape of a type, also of domains over it. */
export function shapeOf(type: TypeDescription | undefined): ColumnShape {
  if (type === undefined) {
    return { isJson: false, isArray: false };
  }
  switch (type.kind) {
    case "domain":
      return shapeOf(type.element);
    case "array":
      return { isJson: shapeOf(type.element).isJson, isArray: true };
    default:
      return { isJson: /^jsonb?$/.test(type.name), isArray: false };
  }
}
