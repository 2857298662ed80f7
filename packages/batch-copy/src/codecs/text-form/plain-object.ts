/** Whether `value` is a record: an object literal's kind, not an array, a Map or a class's instance. */
export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) {
    return false;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  // Object.prototype of another realm has no prototype either.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
