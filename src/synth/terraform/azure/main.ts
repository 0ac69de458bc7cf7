import { type Entry, attribute, block } from "../../text/hcl.ts";
import { iam } from "./iam.ts";
import { minio, minioCopy } from "./minio.ts";
import { type Part, partsOf } from "./modules.ts";
import { monitoring } from "./monitoring.ts";
import type { Plan } from "./plan.ts";
import {
  cluster,
  encryption,
  firewall,
  ingress,
  loadBalancer,
  network,
  peering,
  resourceGroups,
  scaling,
  standbyIngress,
} from "./region.ts";
import { postgres, registry, secrets, storage } from "./stores.ts";

/**
 * The files of a root, by subject: a call for each thing that a region has, made for every region, and what there is one of in the
 * live region.
 */
export function subjectFiles(plan: Plan): Readonly<Record<string, readonly Entry[]>> {
  const parts = new Set(partsOf(plan));
  const optional = (part: Part, write: (plan: Plan) => Entry | readonly Entry[]) => (parts.has(part) ? [write(plan)].flat() : []);
  return {
    "main.tf": [
      block("data", ["azurerm_client_config", "this"], []),
      locals(plan),
      resourceGroups(),
      network(plan),
      ...peering(plan),
      firewall(plan),
      cluster(plan),
      scaling(plan),
      loadBalancer(plan),
    ],
    "security.tf": [encryption(plan), secrets(plan), iam(plan)],
    "data.tf": [
      ...optional("registry", registry),
      ...optional("storage", storage),
      ...plan.databases.map((one) => postgres(plan, one)),
    ],
    "kubernetes.tf": [...optional("ingress", ingress), ...optional("minio", minio)],
    "standby.tf": [...optional("ingress", standbyIngress), ...optional("minio", minioCopy)],
    "monitoring.tf": [monitoring(plan)],
  };
}

function locals({ subject, environment }: Plan): Entry {
  return block(
    "locals",
    [],
    attribute("tags", { product: subject.name, environment: environment.environment, "managed-by": "terraform" }),
  );
}
