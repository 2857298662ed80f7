import type { Codec } from "../codecs/codec.js";
import { ColumnType } from "../codecs/column-type.js";
import type { TypeDescription } from "../codecs/type-description.js";

/**
 * The same type with another codec.
 *
 * @param hasArrayValues whether a value may be a JavaScript array
 */
export function withCodec(
  type: ColumnType<unknown>,
  hasArrayValues: boolean,
  wrap: (codec: Codec<unknown>, actual: TypeDescription) => Codec<unknown>,
): ColumnType<unknown> {
  const { name, sql, ddl, shape } = type;
  return new ColumnType<unknown>(
    {
      name,
      sql,
      ddl,
      hasArrayValues,
      ...(shape && { shape }),
      codecFor: (actual) => wrap(type.codecFor(actual), actual),
    },
    false,
  );
}
