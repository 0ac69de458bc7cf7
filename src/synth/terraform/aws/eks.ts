import { clusterCalls, clusterInputs, clusterOutputs, firewall } from "./cluster.ts";
import { hasStandby } from "../../kubernetes/standby.ts";
import { deployer } from "./deployer.ts";
import { clusterNames } from "./entrance.ts";
import { archive, backups, minio } from "./minio.ts";
import { network } from "./network.ts";
import { type Part, type Place, part } from "./place.ts";
import { registryOf } from "./accounts.ts";
import { registry } from "./registry.ts";
import { here, standby } from "./region.ts";
import { security } from "./security.ts";
import { standbyPart } from "./standby.ts";
import { stores } from "./stores.ts";
import { watching } from "./watching.ts";
import { workloads } from "./workloads.ts";

/** A product on EKS: in its region, and as far as the spec says in the one that stands by. */
export function eksParts(place: Place): readonly Part[] {
  const { environment } = place;
  const parts = [
    network(place),
    part("main.tf", [firewall(place, here), ...clusterCalls(place, here)], {
      inputs: clusterInputs(place),
      outputs: clusterOutputs(place),
    }),
    clusterNames(place),
    stores(place),
    backups(place),
    archive(place),
    security(place),
    part("security.tf", [workloads(place, here)]),
    registry(place, registryOf(environment)?.repositories ?? []),
    deployer(place),
    watching(place),
    minio(place, here),
    ...(environment.standby === undefined ? [] : [standbyPart(place)]),
    ...(hasStandby(environment) ? [minio(place, standby)] : []),
  ];
  return parts.filter((one) => one !== undefined);
}
