import type { Environment } from "../../spec/environment.ts";
import type { MachineView } from "../../wire/machine.ts";
import type { ScrapeTarget } from "./scrape-target.ts";
import { countedByGateway } from "./traffic-series.ts";

/** The replicas that are ready and whose service shows metrics. */
export function scrapeTargets(machine: MachineView, environments: ReadonlyMap<string, Environment>): readonly ScrapeTarget[] {
  return machine.environments.flatMap(({ environment, services }) =>
    services.flatMap(({ service, port: gatewayPort, revisions }) => {
      const path = environments.get(environment)?.services[service]?.metrics;
      if (path === undefined) return [];
      return revisions.flatMap(({ revision, replicas }) =>
        replicas.flatMap(({ id, state, port }) =>
          state !== "ready" || port === undefined
            ? []
            : [
                {
                  environment,
                  labels: { service, revision, replica: id },
                  port,
                  path,
                  // A worker has no requests but its own.
                  leaveOut: gatewayPort === undefined ? [] : countedByGateway,
                },
              ],
        ),
      );
    }),
  );
}
