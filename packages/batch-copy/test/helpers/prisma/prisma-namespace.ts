/*
 * Parts of what the generators `prisma-client` and `prisma-client-js` of Prisma 7.10.0 wrote for the
 * model in docs/orms.md, with the types of `@prisma/client` that they name. Prisma itself is no
 * dependency: it takes 300 MB, and downloads an engine before it generates anything.
 */

export declare const DbNull: unique symbol;
export declare const JsonNull: unique symbol;

export type NullableJsonNullValueInput = typeof DbNull | typeof JsonNull;

export type InputJsonValue =
  | string
  | number
  | boolean
  | { readonly [Key in string]?: InputJsonValue | null }
  | readonly (InputJsonValue | null)[]
  | { toJSON(): unknown };

export type RequestUncheckedCreateInput = {
  id?: bigint | number;
  url: string;
  statusCode: number;
  userId?: number | null;
  details?: NullableJsonNullValueInput | InputJsonValue;
  createdAt?: Date | string;
};

interface Field {
  readonly name: string;
  readonly kind: "scalar" | "object" | "enum" | "unsupported";
  readonly type: string;
  readonly dbName?: string | null;
}

interface Model {
  readonly name: string;
  readonly dbName: string | null;
  readonly fields: readonly Field[];
}

/** Only `prisma-client-js` has it. */
export const dmmf: { readonly datamodel: { readonly models: readonly Model[] } } = {
  datamodel: {
    models: [
      {
        name: "Request",
        fields: [
          { name: "id", kind: "scalar", type: "BigInt" },
          { name: "url", kind: "scalar", type: "String" },
          { name: "statusCode", kind: "scalar", type: "Int", dbName: "status_code" },
          { name: "userId", kind: "scalar", type: "Int", dbName: "user_id" },
          { name: "details", kind: "scalar", type: "Json" },
          { name: "createdAt", kind: "scalar", type: "DateTime", dbName: "created_at" },
        ],
        dbName: "requests",
      },
    ],
  },
};
