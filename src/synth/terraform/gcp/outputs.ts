import { deploysFromGitHub } from "../../subject.ts";
import { type Value, expression } from "../../text/hcl.ts";
import { allAuthorities } from "../../kubernetes/trusted.ts";
import { variableName, variablesOf } from "../../variables.ts";
import { registryOf, secretNames } from "./foundation.ts";
import { type Output, type Place, labelOf, outputOf } from "./place.ts";
import { resourceValue } from "./told.ts";

// What others take from a root: the pipeline, the cluster's files, the standby, people.

export function outputs(place: Place): readonly Output[] {
  const { environment } = place;
  return [
    ...running(place),
    ...(environment.hosts.length > 0 && environment.runs !== "gke"
      ? [
          {
            name: "address",
            what: "The address that the domains point to.",
            value: outputOf(place, "load_balancer", "load_balancer", "address"),
          },
        ]
      : []),
    ...(environment.runs === "gke" ? cluster(place) : []),
    ...(place.standby ? [] : builds(place)),
    ...(environment.standby === undefined || place.standby ? [] : [forStandby(place)]),
  ];
}

function running(place: Place): readonly Output[] {
  const { environment } = place;
  const answering = Object.entries(environment.services).filter(([, { kind }]) => kind !== "cron");
  if (environment.runs === "gke" || answering.length === 0) return [];
  const of = (output: string) =>
    Object.fromEntries(
      answering.map(([name]) => {
        const label = labelOf(place, "services", name);
        return [name, outputOf(place, "cloud_run_service", label, output)] as const;
      }),
    );
  return [
    { name: "service_urls", what: "The own address of each service.", value: of("url") },
    { name: "revision_names", what: "The revision of each service that a canary starts from.", value: of("revision") },
  ];
}

/** What the cluster's files leave open, by the names that they have for it. */
function cluster(place: Place): readonly Output[] {
  const { environment } = place;
  const found = new Map<string, Value>();
  for (const service of Object.values(environment.services))
    for (const one of variablesOf(environment, service)) {
      const value = one.from === "resource" && one.attribute !== "port" ? resourceValue(place, one) : undefined;
      if (one.from === "resource" && value !== undefined)
        found.set(variableName(`${one.resource}_${one.attribute.replace(/[A-Z]/g, (letter) => `_${letter}`)}`), value);
    }
  for (const [name, service] of Object.entries(environment.services))
    if (service.grants.length > 0 || service.secrets.length > 0)
      found.set(
        variableName(`${service.account ?? name}_identity`),
        outputOf(place, "service_account", labelOf(place, "services", name), "email"),
      );
  const trusted = allAuthorities(environment).flatMap((name) =>
    environment.resources[name]?.kind === "redis"
      ? [outputOf(place, "redis_memorystore", labelOf(place, "resources", name), "ca_certificate")]
      : [],
  );
  return [
    { name: "cluster", what: "The cluster's name.", value: outputOf(place, "gke_autopilot", "cluster", "name") },
    {
      name: "terraform_env",
      what: "What the cluster's terraform.env takes.",
      value: Object.fromEntries([...found].toSorted(([a], [b]) => (a < b ? -1 : 1))),
    },
    ...(trusted.length === 0
      ? []
      : [
          {
            name: "trusted_ca",
            what: "The authorities of stores that sign their certificates themselves, for whoever calls them.",
            value: expression(`join("\\n", [${trusted.map(({ text }) => text).join(", ")}])`),
          },
        ]),
  ];
}

function builds(place: Place): readonly Output[] {
  const { environment } = place;
  return [
    ...(registryOf(environment) === undefined
      ? []
      : [
          {
            name: "registry",
            what: "What the names of images begin with.",
            value: outputOf(place, "artifact_registry", "registry", "url"),
          },
        ]),
    ...(deploysFromGitHub(environment)
      ? [
          {
            name: "pipeline",
            what: "Who GitHub Actions become here.",
            value: {
              provider: outputOf(place, "github_identity", "github", "provider"),
              deployer: outputOf(place, "github_identity", "github", "deployer"),
              planner: outputOf(place, "github_identity", "github", "planner"),
            },
          },
        ]
      : []),
    ...(deploysFromGitHub(environment) && environment.admitOnlySigned === true
      ? [
          {
            name: "signing",
            what: "What the pipeline attests with that an image is its own.",
            value: {
              attestor: outputOf(place, "binary_authorization", "signing", "attestor"),
              key_version: outputOf(place, "binary_authorization", "signing", "key_version"),
            },
          },
        ]
      : []),
  ];
}

/** What outlives the loss of the region, for the root of the standby. */
function forStandby(place: Place): Output {
  const { environment } = place;
  const value: Record<string, Value> = {};
  for (const [name, { kind, external }] of Object.entries(environment.resources)) {
    if (external) continue;
    const label = labelOf(place, "resources", name);
    if (kind === "bucket")
      value[label] = { name: outputOf(place, "bucket", label, "name"), url: outputOf(place, "bucket", label, "url") };
    if (kind === "topic")
      value[label] = { id: outputOf(place, "pubsub_topic", label, "id"), name: outputOf(place, "pubsub_topic", label, "name") };
    if (kind === "kms") value[label] = { id: outputOf(place, "kms_key", label, "id") };
  }
  if (secretNames(environment).size > 0) value["secrets"] = expression("module.secrets.ids");
  return { name: "for_standby", what: "What outlives the loss of the region, for the standby.", value };
}
