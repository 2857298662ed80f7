import type { ColumnType } from "../codecs/column-type.js";
import { enumOf } from "../codecs/container/enum.js";
import { wrongKind } from "../codecs/describe-value.js";
import { conversionOf, type Conversion } from "./conversions.js";
import { driverType, driverValue } from "./driver-value.js";
import type { ColumnObject } from "./drizzle-table.js";
import { nestedArrayOf } from "./nested-array.js";
import { refuseSql } from "./sql-object.js";
import { sqlType } from "./sql-type.js";
import { withCodec } from "./with-codec.js";

/**
 * The column type for a column of Drizzle. A value gets into the database as by Drizzle's own INSERT,
 * or is refused. Decoded values are those that Drizzle would read.
 */
export function drizzleType(column: ColumnObject): ColumnType<unknown> {
  let element = column;
  let dimensions = 0;
  while (element.baseColumn !== undefined) {
    element = element.baseColumn;
    dimensions++;
  }
  const conversion = conversionOf(element.columnType);
  const type = conversion === undefined ? customType(element) : builtInType(element, conversion);
  return dimensions === 0 ? type : nestedArrayOf(type, dimensions);
}

function builtInType(column: ColumnObject, conversion: Conversion): ColumnType<unknown> {
  const { convert, hasArrayValues = false, decodesItself = false } = conversion;
  const type = enumType(column) ?? sqlType(column.getSQLType());
  return withCodec(type, type.hasArrayValues || hasArrayValues, (codec, actual) => {
    const decode: typeof codec.decode = decodesItself
      ? (input) => codec.decode(input)
      : (input) => column.mapFromDriverValue(driverValue(actual, codec.decode(input)));
    // The codec's own function, so that most columns are encoded as fast as without Drizzle.
    return convert === undefined
      ? { ...codec, decode }
      : { encode: (value, out) => codec.encode(convert(value), out), decode };
  });
}

function enumType({ enum: type }: ColumnObject): ColumnType<unknown> | undefined {
  return type && enumOf(type.enumName, type.enumValues, type.schema ? { schema: type.schema } : {});
}

/** A type that converts its values itself, for the driver. */
function customType(column: ColumnObject): ColumnType<unknown> {
  return withCodec(sqlType(column.getSQLType(), driverType), true, (codec) => ({
    encode(value, out) {
      const converted = refuseSql(column.mapToDriverValue(refuseSql(value)));
      // The field is not NULL any more.
      if (converted === null || converted === undefined) {
        throw wrongKind("a value from toDriver()", converted);
      }
      codec.encode(converted, out);
    },
    decode: (input) => column.mapFromDriverValue(codec.decode(input)),
  }));
}
