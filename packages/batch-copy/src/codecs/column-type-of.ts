import { baseType } from "./base-types.js";
import type { ColumnType } from "./column-type.js";
import { arrayOf } from "./container/array.js";
import { compositeOf } from "./container/composite.js";
import { domainOf } from "./container/domain.js";
import { enumOf } from "./container/enum.js";
import { multirangeOf, rangeOf } from "./container/range.js";
import { registeredType } from "./registered-types.js";
import type { TypeDescription } from "./type-description.js";

/**
 * The column type for a type of the catalog, or undefined if the type or a part of it has no codec.
 */
export function columnTypeOf(type: TypeDescription): ColumnType<unknown> | undefined {
  const element = type.element === undefined ? undefined : columnTypeOf(type.element);
  switch (type.kind) {
    case "base":
      return registeredType(type) ?? baseType(type);
    case "enum":
      return enumOf(type.name, type.labels ?? [], schemaOf(type));
    case "composite":
      return compositeColumnType(type);
    case "array":
      return element && arrayOf(element);
    case "domain":
      return element && domainOf(type.name, element, schemaOf(type));
    case "range":
      return element && rangeOf(element, ...ownName(type));
    case "multirange":
      return multirangeColumnType(type);
  }
}

function compositeColumnType(type: TypeDescription): ColumnType<unknown> | undefined {
  const attributes: [name: string, type: ColumnType<unknown>][] = [];
  for (const attribute of type.attributes ?? []) {
    const attributeType = columnTypeOf(attribute.type);
    if (attributeType === undefined) {
      return undefined;
    }
    attributes.push([attribute.name, attributeType]);
  }
  // An assignment would take an attribute named __proto__ for the prototype.
  return compositeOf(type.name, Object.fromEntries(attributes), schemaOf(type));
}

function multirangeColumnType(type: TypeDescription): ColumnType<unknown> | undefined {
  const bounds = columnTypeOf(type.element!.element!);
  return bounds && multirangeOf(bounds, ...ownName(type));
}

/** Built-in ranges have the names that their bounds imply. */
function ownName(type: TypeDescription): [name?: string, options?: { schema: string }] {
  return type.schema === "pg_catalog" ? [] : [type.name, schemaOf(type)];
}

function schemaOf({ schema }: TypeDescription): { schema: string } {
  return { schema };
}
