/** What is to be measured. */
export interface LedgerPlan {
  readonly rounds: number;
  readonly quick: boolean;
  readonly scale: (usual: number) => number;
}
