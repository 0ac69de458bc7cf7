// The rules of the five examples, in all their environments: what is recorded, and every alert.
import { fileURLToPath } from "node:url";

const [{ loadSpec }, { checkProduct }, { rulesOf }] = await Promise.all(
  ["load/load", "spec/check", "signals/rules/rules-of"].map((name) => import(`../../dist/${name}.js`)),
);

const examples = ["ai-governance", "bytereview", "codementor", "cpa-platform", "proveniq-ledger"];

/**
 * `{ alerts, recordings, rules }`: how many there are, and as one ruleset those whose expressions differ. The same one in a second
 * environment would cost nothing here, where it is worked out once, and Prometheus once more.
 */
export async function rulesOfExamples() {
  const all = [];
  for (const example of examples) {
    const spec = await loadSpec(fileURLToPath(new URL(`../../examples/${example}/gantry.config.ts`, import.meta.url)));
    all.push(...checkProduct(spec).environments.map((environment) => rulesOf(environment)));
  }
  const alerts = all.flatMap((one) => one.alerts);
  const recordings = all.flatMap((one) => one.recordings);
  const different = (rules) => [...new Map(rules.map((rule) => [rule.expr, rule])).values()];
  return {
    alerts: alerts.length,
    recordings: recordings.length,
    rules: { ...all[0], alerts: different(alerts), recordings: different(recordings) },
  };
}
