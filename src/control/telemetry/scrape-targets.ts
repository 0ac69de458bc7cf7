import type { Environment } from "../../spec/environment.ts";
import type { MachineView } from "../../wire/machine.ts";
import type { ScrapeTarget } from "./scrape-target.ts";
import { countedByGateway } from "./traffic-series.ts";

const usualPath = "/metrics";

/** The replicas that are ready. Where the spec says nothing of metrics they are looked for at the usual place, and need not be there. */
export function scrapeTargets(machine: MachineView, environments: ReadonlyMap<string, Environment>): readonly ScrapeTarget[] {
  return machine.environments.flatMap(({ environment, services }) =>
    services.flatMap(({ service, port: gatewayPort, revisions }) => {
      const found = environments.get(environment)?.services[service];
      if (found === undefined) return [];
      return revisions.flatMap(({ revision, replicas }) =>
        replicas.flatMap(({ id, state, port }) =>
          state !== "ready" || port === undefined
            ? []
            : [
                {
                  environment,
                  labels: { service, revision, replica: id },
                  port,
                  path: found.metrics ?? usualPath,
                  asked: found.metrics !== undefined,
                  // A worker has no requests but its own.
                  leaveOut: gatewayPort === undefined ? [] : countedByGateway,
                },
              ],
        ),
      );
    }),
  );
}
