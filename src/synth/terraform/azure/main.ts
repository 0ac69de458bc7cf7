import { type Entry, attribute, block } from "../../text/hcl.ts";
import { iam } from "./iam.ts";
import { minio } from "./minio.ts";
import { type Part, partsOf } from "./modules.ts";
import { monitoring } from "./monitoring.ts";
import type { Plan } from "./plan.ts";
import { cluster, encryption, firewall, ingress, loadBalancer, network, peering, resourceGroups, scaling } from "./region.ts";
import { postgres, registry, secrets, storage } from "./stores.ts";

/** One call for each thing that a region has, made for every region; what there is one of stands in the live region. */
export function mainFile(plan: Plan): readonly Entry[] {
  const parts = new Set(partsOf(plan));
  const optional = (part: Part, write: (plan: Plan) => Entry | readonly Entry[]) => (parts.has(part) ? [write(plan)].flat() : []);
  return [
    block("data", ["azurerm_client_config", "this"], []),
    locals(plan),
    resourceGroups(),
    network(plan),
    ...peering(plan),
    firewall(plan),
    encryption(plan),
    secrets(plan),
    ...optional("registry", registry),
    cluster(plan),
    scaling(plan),
    loadBalancer(plan),
    ...optional("ingress", ingress),
    ...optional("storage", storage),
    ...plan.databases.map((one) => postgres(plan, one)),
    ...optional("minio", minio),
    iam(plan),
    monitoring(plan),
  ];
}

function locals({ subject, environment }: Plan): Entry {
  return block(
    "locals",
    [],
    attribute("tags", { product: subject.name, environment: environment.environment, "managed-by": "terraform" }),
  );
}
