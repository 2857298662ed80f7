/** What is to be measured. */
export interface PartPlan {
  readonly rounds: number;
  readonly quick: boolean;
  readonly scale: (usual: number) => number;
}
