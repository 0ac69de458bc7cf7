import { type Entry, attribute, attributes, block, expression, quoted } from "../../text/hcl.ts";
import { productOf } from "../../subject.ts";
import { labelOf } from "./modules.ts";
import type { Plan } from "./plan.ts";

const providers = {
  azurerm: { source: "hashicorp/azurerm", version: "~> 4.55" },
  kubernetes: { source: "hashicorp/kubernetes", version: "~> 2.38" },
} as const;

export function versionsFile(plan: Plan): readonly Entry[] {
  const wanted = productOf(plan.subject).pipeline?.infrastructure?.terraform ?? "1.9";
  const names = (Object.keys(providers) as (keyof typeof providers)[]).filter(
    (name) => name !== "kubernetes" || usesKubernetes(plan),
  );
  return [
    block(
      "terraform",
      [],
      [
        ...attribute("required_version", `~> ${wanted}`),
        block(
          "required_providers",
          [],
          names.flatMap((name) => attribute(name, providers[name])),
        ),
      ],
    ),
  ];
}

export function providersFile(plan: Plan): readonly Entry[] {
  return [
    block(
      "provider",
      ["azurerm"],
      [
        ...attribute("storage_use_azuread", true),
        block(
          "features",
          [],
          [block("key_vault", [], attributes({ purge_soft_delete_on_destroy: false, recover_soft_deleted_key_vaults: true }))],
        ),
      ],
      subscriptionComment(plan),
    ),
    ...(usesKubernetes(plan)
      ? [
          clusterProvider(
            plan,
            "var.region",
            undefined,
            "People and pipelines sign in to a cluster with the identity that az has (az login, azure/login).",
          ),
          ...(plan.standby !== undefined ? [clusterProvider(plan, quoted(plan.standby), "standby")] : []),
        ]
      : []),
  ];
}

function subscriptionComment({ environment: { subscription } }: Plan): string {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(subscription)
    ? `ARM_SUBSCRIPTION_ID is ${subscription}.`
    : `ARM_SUBSCRIPTION_ID is the id of the subscription ${subscription}.`;
}

function clusterProvider(plan: Plan, region: string, alias: string | undefined, comment?: string): Entry {
  const cluster = `module.${labelOf(plan, "cluster")}[${region}]`;
  return block(
    "provider",
    ["kubernetes"],
    [
      ...attribute("alias", alias),
      ...attribute("host", expression(`${cluster}.host`)),
      ...attribute("cluster_ca_certificate", expression(`base64decode(${cluster}.ca_certificate)`)),
      block(
        "exec",
        [],
        [
          ...attribute("api_version", "client.authentication.k8s.io/v1beta1"),
          ...attribute("command", "kubelogin"),
          // The application that AKS itself is in Entra ID, the same for everybody.
          ...attribute("args", ["get-token", "--login", "azurecli", "--server-id", "6dae42f8-4368-4678-94ff-3960e28e3630"]),
        ],
      ),
    ],
    comment,
  );
}

function usesKubernetes(plan: Plan): boolean {
  return plan.environment.network?.loadBalancer === "ingress" || plan.buckets.some(({ resource }) => resource.engine === "minio");
}
