import type { ColumnType } from "./column-type.js";

/**
 * A column type that can be called with parameters, as in SQL: `timestamptz` and `timestamptz(3)`.
 */
export type ParameterizedType<Value, Parameters extends readonly unknown[]> = ColumnType<Value> &
  ((...parameters: Parameters) => ColumnType<Value>);

/**
 * Creates a {@link ParameterizedType}: `plain` is the type without a call, `withParameters` creates
 * the type that a call returns. Encoding does not involve the callable, only the codec of `plain`.
 */
export function parameterizedType<Value, Parameters extends readonly unknown[]>(
  plain: ColumnType<Value>,
  withParameters: (...parameters: Parameters) => ColumnType<Value>,
): ParameterizedType<Value, Parameters> {
  const callable = (...parameters: Parameters): ColumnType<Value> => withParameters(...parameters);
  const { name, sql, ddl, isNullable, hasDefault, makeDefault, hasArrayValues, shape } = plain;
  const members: { [K in keyof ColumnType<Value>]: ColumnType<Value>[K] } = {
    name,
    sql,
    ddl,
    isNullable,
    hasDefault,
    makeDefault,
    hasArrayValues,
    shape,
    nullable: () => plain.nullable(),
    default: (make) => plain.default(make),
    codecFor: (type) => plain.codecFor(type),
  };
  // Not Object.assign: a function's own `name` is read-only, but may be defined anew.
  const properties = Object.entries(members).map(([key, value]) => [key, { value }] as const);
  return Object.defineProperties(callable, Object.fromEntries(properties)) as ParameterizedType<
    Value,
    Parameters
  >;
}
