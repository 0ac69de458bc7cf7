import { onceFor, onceForBoth } from "../../../lib/once-for.ts";
import { expressionOf } from "../../../signals/measures/expression-of.ts";
import { rulesOf } from "../../../signals/rules/rules-of.ts";
import type { Environment } from "../../../spec/environment.ts";
import type { File } from "../../file.ts";
import { layoutOf } from "../../layout.ts";
import { type Subject, inCloud } from "../../subject.ts";
import { linksOf } from "../links.ts";
import { type CloudDashboards, googleDashboards, sharedDashboards } from "./dashboards.ts";
import { googleNames } from "./names.ts";
import { type Held, policiesOf } from "./policies.ts";

/** What Cloud Monitoring makes of each alert of an environment; empty where the spec's tools leave the cloud out. */
export const googlePolicies = onceForBoth((subject: Subject, environment: Environment): readonly Held[] => {
  if (environment.cloud !== "gcp" || !(environment.tools?.alerts ?? ["cloud"]).includes("cloud")) return [];
  const names = googleNames(subject, environment);
  return policiesOf(
    rulesOf(environment).alerts,
    (condition) => expressionOf(condition, environment, { dialect: "google", names }),
    linksOf(subject),
  );
});

/** The dashboards of all environments on Google, and which of them are whose. */
export const googleDashboardsOf = onceFor((subject: Subject): CloudDashboards => {
  const drawing = inCloud(subject).filter((one) => one.cloud === "gcp" && one.tools?.dashboards !== "grafana");
  const texts = drawing.map((environment): [string, ReadonlyMap<string, string>] => {
    const names = googleNames(subject, environment);
    const ask = (signal: Parameters<typeof expressionOf>[0]) => expressionOf(signal, environment, { dialect: "google", names });
    return [environment.environment, googleDashboards(environment, ask)];
  });
  return sharedDashboards(`${layoutOf(subject).monitoring}/dashboards`, new Map(texts));
});

export function googleFiles(subject: Subject): readonly File[] {
  return googleDashboardsOf(subject).files;
}
