import type { Environment } from "../../spec/environment.ts";
import { shortName } from "../names.ts";
import { type Subject, inCloud } from "../subject.ts";
import { runsOnKubernetes } from "./runs.ts";

/** One cluster an environment: the product's name is enough. Where environments share one, each has its own. */
export function namespaceOf(subject: Subject, environment: Environment): string {
  const here = clusterOf(environment);
  const alone = inCloud(subject).filter((one) => runsOnKubernetes(one) && clusterOf(one) === here).length === 1;
  return shortName(alone ? subject.name : `${subject.name}-${environment.environment}`, 63);
}

function clusterOf(environment: Environment): string {
  if (environment.cloud === "local") return "";
  const account =
    environment.cloud === "gcp"
      ? environment.project
      : environment.cloud === "aws"
        ? environment.account
        : environment.subscription;
  return [environment.cloud, account, environment.region, environment.cluster?.name].join(" ");
}
