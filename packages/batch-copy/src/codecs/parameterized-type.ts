import type { ColumnType } from "./column-type.js";

/**
 * A column type that may be called with parameters and is one without the call, as in SQL:
 * `timestamptz` and `timestamptz(3)`.
 */
export type ParameterizedType<Value, Parameters extends readonly unknown[]> = ColumnType<Value> &
  ((...parameters: Parameters) => ColumnType<Value>);

/**
 * Makes a {@link ParameterizedType}: `plain` is what it is without a call, `withParameters` what a
 * call returns. Rows never see the callable, only the codec that `plain` has.
 */
export function parameterizedType<Value, Parameters extends readonly unknown[]>(
  plain: ColumnType<Value>,
  withParameters: (...parameters: Parameters) => ColumnType<Value>,
): ParameterizedType<Value, Parameters> {
  const callable = (...parameters: Parameters): ColumnType<Value> => withParameters(...parameters);
  const { name, sql, ddl, isNullable, hasArrayValues, shape } = plain;
  const members: { [K in keyof ColumnType<Value>]: ColumnType<Value>[K] } = {
    name,
    sql,
    ddl,
    isNullable,
    hasArrayValues,
    shape,
    nullable: () => plain.nullable(),
    codecFor: (type) => plain.codecFor(type),
  };
  // Not Object.assign: a function's own `name` is read-only, but may be defined anew.
  const properties = Object.entries(members).map(([key, value]) => [key, { value }] as const);
  return Object.defineProperties(callable, Object.fromEntries(properties)) as ParameterizedType<
    Value,
    Parameters
  >;
}
