import type { CloudNames } from "../expression.ts";
import { type About, aboutOf } from "../matchers.ts";
import { type Measured, type NotMeasured, refused } from "../measured.ts";
import { type Asking, nativeMeasure } from "../native/native.ts";
import { directBurn } from "../direct-burn.ts";
import { cloudRun } from "./cloud-run.ts";
import { managedData } from "./managed-data.ts";
import { managedKubernetes } from "./managed-kubernetes.ts";

/**
 * A measure in the names of Cloud Monitoring's PromQL. What the platform measures itself is asked of it; the rest has the names it
 * has everywhere, under which the collector hands it to Managed Service for Prometheus.
 */
export function googleMeasure(asking: Asking, names: CloudNames): Measured | NotMeasured {
  const { signal, environment } = asking;
  const about = aboutOf(signal.of, environment);
  switch (signal.measure) {
    case "monthToDate":
    case "dayToDate":
    case "dailyBudget":
    case "spend":
      return refused(
        "Cloud Monitoring has no metric of what is spent: a budget of the billing account watches it, or the platform's own meter",
      );
    case "backupFailures":
    case "backupAge":
      return refused("Cloud Monitoring has no metric of backups: they are entries of a log");
    case "burnRate":
    case "budgetLeft":
      return directBurn(asking, about, (of) => googleMeasure(of, names));
    default:
      return ofPlatform(asking, about, names) ?? nativeMeasure(asking);
  }
}

function ofPlatform(asking: Asking, about: About, names: CloudNames): Measured | NotMeasured | undefined {
  const { cloud } = asking.environment;
  const runs = "runs" in asking.environment ? asking.environment.runs : undefined;
  if (cloud !== "gcp") return undefined;
  if (about.kind === "resource") {
    const instance =
      names.resource?.(about.name) ?? ("instance" in about.resource ? about.resource.instance : undefined) ?? about.name;
    return about.resource.external === true ? undefined : managedData(asking, about, instance);
  }
  if (about.kind !== "service") return undefined;
  const name = names.service?.(about.name) ?? about.service.deployment?.name ?? about.name;
  return runs === "gke" ? managedKubernetes(asking, about, name) : cloudRun(asking, about, name);
}
