import type { FeatureKind } from "./feature.js";

/** Row-level security: a policy for what is written, and one for what an update may see. */
export const policyFeature: FeatureKind = {
  percent: 6,
  make: ({ random }) => ({
    name: "row-level security",
    after: [
      "ALTER TABLE @.{T} ENABLE ROW LEVEL SECURITY",
      "CREATE POLICY reading ON @.{T} FOR SELECT USING (true)",
      "CREATE POLICY adding ON @.{T} FOR INSERT WITH CHECK (n IS DISTINCT FROM 4)",
      `CREATE POLICY changing ON @.{T} FOR UPDATE USING (${random.pick(["true", "n < 3"])})`,
    ],
    hasPolicies: true,
  }),
};
