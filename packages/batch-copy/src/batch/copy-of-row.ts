/**
 * A copy of a row with its class, for a caller that may change the row meanwhile. It has the row's values
 * as they are now. Those of its class's getters, too: they may need the row itself, for private fields.
 */
export function copyOfRow<Row extends object>(row: Row): Row {
  if (typeof row !== "object" || row === null) {
    // Not a row: the error comes when it is encoded.
    return row;
  }
  const prototype = Object.getPrototypeOf(row) as object | null;
  const copy = Object.create(prototype) as Row;
  for (const [key, { enumerable = false }] of properties(row)) {
    Object.defineProperty(copy, key, { ...readNow(row, key), enumerable });
  }
  for (let parent = prototype; parent !== null; parent = Object.getPrototypeOf(parent)) {
    for (const [key, property] of properties(parent)) {
      if (property.get !== undefined && !Object.hasOwn(copy, key) && !(key in Object.prototype)) {
        Object.defineProperty(copy, key, readNow(row, key));
      }
    }
  }
  return copy;
}

function properties(object: object): readonly (readonly [key: string, PropertyDescriptor])[] {
  return Object.entries(Object.getOwnPropertyDescriptors(object));
}

/** The value, or what reading it throws: that matters only if the key is one of a column. */
function readNow(row: object, key: string): PropertyDescriptor {
  try {
    return { value: (row as Record<string, unknown>)[key] };
  } catch (error) {
    return {
      get() {
        throw error;
      },
    };
  }
}
