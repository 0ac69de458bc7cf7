import { refName } from "../../spec/derive.ts";
import type { ConditionData } from "./spec-data.ts";

/** What the series of these are told apart by revision. */
const byRevision = new Set([
  "requests",
  "errors",
  "errorRate",
  "latency",
  "coldStart",
  "cpu",
  "memory",
  "restarts",
  "saturation",
  "metric",
]);

/** Only what the new revision answers: five percent of the traffic may fail without much being seen of it in all. */
export function ofRevision(condition: ConditionData, revisions: Readonly<Record<string, string>>): ConditionData {
  const { signal } = condition;
  const service = refName(signal.of, "services");
  const revision = service === undefined || !Object.hasOwn(revisions, service) ? undefined : revisions[service];
  if (revision === undefined || !byRevision.has(signal.measure)) return condition;
  return { ...condition, signal: { ...signal, where: { ...signal.where, revision } } };
}
