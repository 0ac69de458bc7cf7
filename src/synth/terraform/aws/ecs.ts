import { deployer } from "./deployer.ts";
import { entrance } from "./entrance.ts";
import { ecsFirewall, network } from "./network.ts";
import type { Part, Place } from "./place.ts";
import { security } from "./security.ts";
import { registry } from "./registry.ts";
import { repositoriesOf, services } from "./services.ts";
import { stores } from "./stores.ts";
import { audit, watching } from "./watching.ts";

/** A product on ECS: what the world reaches, what runs, what is kept, who watches. */
export function ecsParts(place: Place): readonly Part[] {
  const parts = [
    network(place),
    ecsFirewall(place),
    entrance(place),
    registry(place, repositoriesOf(place)),
    services(place),
    stores(place),
    security(place),
    deployer(place),
    watching(place),
    audit(place),
  ];
  return parts.filter((one) => one !== undefined);
}
