import { sparsevec, type SparseVector } from "../../dist/codecs/pgvector/sparse-vector.js";
import { halfvec, vector, type Vector } from "../../dist/codecs/pgvector/vector.js";
// Checked by the compiler: each line below @ts-expect-error must not compile.
import { table, type RowOf } from "../../dist/index.js";

/** Exactly the same type, optional keys included. */
type Equal<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

function isTrue(value: true): void {
  void value;
}

const documents = table("documents", {
  full: vector(3),
  half: halfvec(),
  sparse: sparsevec(5).nullable(),
});
type Document = RowOf<typeof documents>;
isTrue(
  {} as Equal<
    Document,
    { full: Vector; half: Vector; sparse?: SparseVector | string | null | undefined }
  >,
);

const half = new Float32Array(3);
export const rows: readonly Document[] = [
  { full: [1, 2, 3], half, sparse: "{1:1}/5" },
  { full: "[1,2,3]", half, sparse: { dimensions: 5, entries: { 0: 1 } } },
  { full: new Float64Array(3), half, sparse: { dimensions: 5, entries: new Map([[0, 1]]) } },
  { full: [], half, sparse: { dimensions: 5, entries: [[0, 1]] } },
  // @ts-expect-error elements are numbers
  { full: ["1"], half },
  // @ts-expect-error bytes are no elements
  { full: new Uint8Array(3), half },
  // @ts-expect-error dimensions are missing
  { full: [], half, sparse: { entries: [[0, 1]] } },
  // @ts-expect-error entries are pairs
  { full: [], half, sparse: { dimensions: 5, entries: [0, 1] } },
];
