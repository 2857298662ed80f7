import type { PgPool } from "./driver.js";

/** Makes one object for each pool. All copiers of a pool share it, and so its listeners. */
export function onePerPool<Value>(create: (pool: PgPool) => Value): (pool: PgPool) => Value {
  const values = new WeakMap<PgPool, Value>();
  return (pool) => {
    let value = values.get(pool);
    if (value === undefined) {
      value = create(pool);
      values.set(pool, value);
    }
    return value;
  };
}
