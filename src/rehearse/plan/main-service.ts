import type { Script } from "./script.ts";

/** The service that a fault is in where nobody says: the first that the policy watches, else the first that takes requests. */
export function mainService({
  conditions,
  alerts,
  slos,
  changes,
}: Pick<Script, "conditions" | "alerts" | "slos" | "changes">): string {
  const watched = [
    ...[...conditions.values()].map(({ asked }) => asked.condition.signal.of?.ref),
    ...slos.map(({ all }) => `services.${all.service}`),
    ...alerts.map(({ rule }) => rule.of),
  ];
  const serving = changes.filter(({ serves }) => serves).map(({ service }) => service);
  return serving.find((service) => watched.includes(`services.${service}`)) ?? serving[0] ?? changes[0]?.service ?? "";
}
