import type { CloudNames } from "../../../signals/measures/expression.ts";
import type { Environment } from "../../../spec/environment.ts";
import { runsOnKubernetes } from "../../kubernetes/runs.ts";
import { workloadOf } from "../../kubernetes/workload.ts";
import type { Subject } from "../../subject.ts";
import { instanceName, topicName } from "../../terraform/gcp/resources.ts";
import { serviceName } from "../../terraform/gcp/services.ts";

/** How the things of an environment are called where Google measures them. */
export function googleNames(subject: Subject, environment: Environment): CloudNames {
  return {
    service: (name) => {
      const service = environment.services[name];
      if (service === undefined) return undefined;
      return runsOnKubernetes(environment) ? workloadOf(environment, name)?.name : serviceName(name, service);
    },
    resource: (name) => {
      const resource = environment.resources[name];
      switch (resource?.kind) {
        case "postgres":
          return instanceName({ subject }, name, resource, 80);
        case "redis":
          return instanceName({ subject }, name, resource, 40);
        case "queue":
        case "topic":
          return topicName(name);
        default:
          return undefined;
      }
    },
  };
}
