import type { CloudNames } from "../expression.ts";
import { type About, aboutOf } from "../matchers.ts";
import { type Measured, type NotMeasured, metered, refused } from "../measured.ts";
import type { Asking } from "../native/asking.ts";
import { nativeMeasure } from "../native/native.ts";
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
      if (asking.asShare)
        return refused("a budget of the billing account watches the month's costs: Cloud Monitoring has no metric of them");
      return metered(nativeMeasure(asking), ownMeter);
    case "dayToDate":
    case "dailyBudget":
    case "spend":
      return metered(nativeMeasure(asking), ownMeter);
    case "backupFailures":
    case "backupAge":
      return metered(nativeMeasure(asking), ownBackups);
    case "burnRate":
    case "budgetLeft":
      return directBurn(asking, about, (of) => googleMeasure(of, names));
    default:
      return ofPlatform(asking, about, names) ?? nativeMeasure(asking);
  }
}

const ownMeter =
  "Google tells costs hours late and in no metric: they are those of the platform's own meter, as the collector hands them on";
const ownBackups = "Google has no metric of backups: it is what makes them that tells, as the collector hands it on";

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
