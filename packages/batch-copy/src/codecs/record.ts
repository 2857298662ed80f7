/** Whether `value` is a plain object: not an array, a Map or an instance of a class. */
export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) {
    return false;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  // Object.prototype of another realm has no prototype either.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/**
 * Whether every object inherits a property of that name, such as `constructor`. A record must own
 * it. Any other property may be inherited: getters of a class are values of the record.
 */
export function isInheritedByAll(name: string): boolean {
  return name in Object.prototype;
}

/**
 * Whether an object without enumerable keys of its own is a record with `names`: an empty object,
 * or an instance of a class that has getters for some of them. A promise (a forgotten `await`), a
 * Map or a Date is not a record.
 */
export function isKeylessRecord(value: object, names: readonly string[]): boolean {
  if (isPlainObject(value)) {
    return true;
  }
  return (
    isOrdinary(value) &&
    (names.some((name) => name in value && !isInheritedByAll(name)) || !inheritsValues(value))
  );
}

/**
 * Whether `JSON.stringify` writes `{}` for an object that has content: a promise, a Map, an Error,
 * an instance of a class with getters.
 */
export function isLostInJson(value: unknown): value is object {
  if (typeof value !== "object" || value === null || Array.isArray(value) || isPlainObject(value)) {
    return false;
  }
  if (Object.keys(value).length > 0 || KEPT_IN_JSON.test(tagOf(value))) {
    return false;
  }
  return !isOrdinary(value) || inheritsValues(value);
}

/**
 * Wrapped primitives, which `JSON.stringify` unwraps, and typed arrays, whose elements have keys.
 */
const KEPT_IN_JSON = /^\[object (?:String|Number|Boolean|BigInt|\w+Array)\]$/;

/** Whether the object is not of a class of JavaScript or Node, not a thenable and not iterable. */
function isOrdinary(value: object): boolean {
  return (
    tagOf(value) === "[object Object]" &&
    !(Symbol.iterator in value) &&
    !(Symbol.asyncIterator in value) &&
    typeof (value as { then?: unknown }).then !== "function"
  );
}

/**
 * `[object Map]`. The classes of JavaScript and Node have tags of their own; other classes usually
 * do not.
 */
function tagOf(value: object): string {
  return Object.prototype.toString.call(value);
}

/** Whether the object inherits values: getters of a class, or enumerable properties. */
function inheritsValues(value: object): boolean {
  let prototype = Object.getPrototypeOf(value) as object | null;
  for (; prototype !== null && !isRoot(prototype); prototype = Object.getPrototypeOf(prototype)) {
    const properties = Object.values(Object.getOwnPropertyDescriptors(prototype));
    if (properties.some(isValue)) {
      return true;
    }
  }
  return false;
}

/** Whether a property is part of a record. Methods are not, which are enumerable in ES5 classes. */
function isValue(property: PropertyDescriptor): boolean {
  const isMethod = typeof property.value === "function";
  return property.get !== undefined || (property.enumerable === true && !isMethod);
}

/** Whether the prototype is `Object.prototype`, of any realm. */
function isRoot(prototype: object): boolean {
  return Object.getPrototypeOf(prototype) === null;
}
