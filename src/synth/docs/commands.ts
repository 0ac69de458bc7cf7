import type { Environment } from "../../spec/environment.ts";
import { refName } from "../../spec/derive.ts";
import { word } from "../text/shell.ts";
import { homeOf } from "./words.ts";

// What people type when something is wrong, each in the words of the cloud that the environment is in.

type Service = Environment["services"][string];
type Resource = Environment["resources"][string];
type Lines = readonly string[];

/** How the command line gets to the environment. */
export function reach(environment: Environment): Lines {
  const { cluster } = environment.cloud === "local" ? { cluster: undefined } : environment;
  const named = cluster?.name;
  const region = word(regionOf(environment));
  switch (environment.cloud) {
    case "gcp":
      return [
        `gcloud config set project ${home(environment)}`,
        ...(environment.runs === "gke"
          ? [`gcloud container clusters get-credentials ${named ?? "<cluster>"} --region=${region}`]
          : []),
      ];
    case "aws":
      return [
        `export AWS_PROFILE=${word(environment.account)} AWS_REGION=${region}`,
        ...(environment.runs === "eks" ? [`aws eks update-kubeconfig --name ${named ?? clusterName(environment)}`] : []),
      ];
    case "azure":
      return [
        `az account set --subscription ${word(environment.subscription)}`,
        `az aks get-credentials --resource-group ${clusterName(environment)} --name ${named ?? clusterName(environment)}`,
      ];
    case "local":
      return [];
  }
}

/** Whether a service runs, and what it says. */
export function look(environment: Environment, name: string, service: Service): Lines {
  const deployed = word(service.deployment?.name ?? name);
  switch (environment.cloud === "local" ? undefined : environment.runs) {
    case "cloud run":
      return service.kind === "cron"
        ? [
            `gcloud run jobs executions list --job=${deployed} --region=${word(regionOf(environment))} --limit=5`,
            logsOf("cloud_run_job", "job_name", deployed),
          ]
        : [
            `gcloud run services describe ${deployed} --region=${word(regionOf(environment))}`,
            logsOf("cloud_run_revision", "service_name", deployed),
          ];
    case "ecs":
      return [
        `aws ecs describe-services --cluster ${clusterName(environment)} --services ${deployed} \\`,
        "  --query 'services[0].{running: runningCount, wanted: desiredCount, events: events[:5].message}'",
      ];
    case "gke":
    case "eks":
    case "aks": {
      const kind = service.kind === "cron" ? "cronjob" : "deployment";
      const spaced = `--namespace=${word(environment.product)}`;
      return [
        `kubectl ${spaced} describe ${kind}/${deployed}`,
        ...(kind === "cronjob"
          ? [`kubectl ${spaced} get jobs`]
          : [`kubectl ${spaced} logs deployment/${deployed} --all-containers --tail=50`]),
      ];
    }
    default:
      return [];
  }
}

function logsOf(type: string, label: string, name: string): string {
  return `gcloud logging read ${word(`resource.type="${type}" resource.labels.${label}="${name}" severity>=WARNING`)} --limit=20`;
}

/** Whether a store is well. */
export function lookAt(environment: Environment, name: string, resource: Resource): Lines {
  if (resource.external === true) return [];
  const instance = instanceOf(name, resource);
  const region = word(regionOf(environment));
  switch (`${environment.cloud} ${resource.kind}`) {
    case "gcp postgres":
      return [`gcloud sql instances describe ${instance} --format='yaml(state, settings.tier, ipAddresses)'`];
    case "gcp redis":
      return [`gcloud redis instances describe ${instance} --region=${region} --format='yaml(state, memorySizeGb, tier)'`];
    case "aws postgres":
      return [
        `aws rds describe-db-instances --db-instance-identifier ${instance} \\`,
        "  --query 'DBInstances[0].{status: DBInstanceStatus, zone: AvailabilityZone, replicas: ReadReplicaDBInstanceIdentifiers}'",
        `aws rds describe-events --source-type db-instance --source-identifier ${instance} --duration 120`,
      ];
    case "aws redis":
      return [
        `aws elasticache describe-replication-groups --replication-group-id ${instance} \\`,
        "  --query 'ReplicationGroups[0].{status: Status, members: NodeGroups[].NodeGroupMembers[].CurrentRole}'",
      ];
    case "azure postgres":
      return [
        `az postgres flexible-server show --resource-group ${clusterName(environment)} --name ${instance} --query '{state: state, zone: availabilityZone, replicas: replicaCapacity}'`,
      ];
    default:
      return [];
  }
}

/** A new value of a secret: it is read from the keyboard, so that it stands in no history. */
export function setSecret(environment: Environment, secret: string): Lines {
  const ask = 'read -r -s -p "New value: " value';
  switch (environment.secretsIn) {
    case "secret manager":
      return [ask, `printf '%s' "$value" | gcloud secrets versions add ${word(secret)} --data-file=-`];
    case "secrets manager":
      return [
        ask,
        `aws secretsmanager put-secret-value --secret-id ${word(secret)} --secret-string "file://"<(printf '%s' "$value")`,
      ];
    case "key vault":
      return [ask, `az keyvault secret set --vault-name <vault> --name ${word(secret)} --file <(printf '%s' "$value")`];
    case "vault":
      return [ask, `printf '%s' "$value" | vault kv put ${word(`secret/${secret}`)} value=-`];
    default:
      return [];
  }
}

/** Instances that are named in the spec are called that; the others are looked up first. */
export function instanceOf(name: string, resource: Resource): string {
  return resource.instance === undefined ? `"$${name.replace(/[^a-z0-9]/g, "_")}"` : word(resource.instance);
}

/** Where a name is not in the spec, how to find it. */
export function findInstance(environment: Environment, name: string, resource: Resource): Lines {
  if (resource.instance !== undefined || resource.external === true) return [];
  const variable = name.replace(/[^a-z0-9]/g, "_");
  switch (`${environment.cloud} ${resource.kind}`) {
    case "gcp postgres":
      return [
        `${variable}=$(gcloud sql instances list --filter='instanceType=CLOUD_SQL_INSTANCE' --format='value(name)' --limit=1)`,
      ];
    case "gcp redis":
      return [
        `${variable}=$(gcloud redis instances list --region=${word(regionOf(environment))} --format='value(name.basename())' --limit=1)`,
      ];
    case "aws postgres":
      return [
        `${variable}=$(aws rds describe-db-instances --query 'DBInstances[?ReadReplicaSourceDBInstanceIdentifier==null] | [0].DBInstanceIdentifier' --output text)`,
      ];
    case "aws redis":
      return [
        `${variable}=$(aws elasticache describe-replication-groups --query 'ReplicationGroups[0].ReplicationGroupId' --output text)`,
      ];
    case "azure postgres":
      return [
        `${variable}=$(az postgres flexible-server list --resource-group ${clusterName(environment)} --query "[?replicationRole!='AsyncReplica'] | [0].name" --output tsv)`,
      ];
    default:
      return [];
  }
}

export function clusterName(environment: Environment): string {
  const named = environment.cloud === "local" ? undefined : environment.cluster?.name;
  return word(named ?? `${environment.product}-${environment.environment}`);
}

export function regionOf(environment: Environment): string {
  return environment.cloud === "local" ? "" : (environment.region ?? environment.regions?.[0] ?? "");
}

/** A project whose number is chosen at set-up has no name yet that could be typed. */
function home(environment: Environment): string {
  const named = homeOf(environment);
  return named.includes("<") ? named : word(named);
}

/** The service or resource that a step of a runbook is about. */
export function about(
  environment: Environment,
  reference: { readonly ref: string } | undefined,
): { readonly name: string; readonly service?: Service; readonly resource?: Resource } | undefined {
  const service = refName(reference, "services");
  const resource = refName(reference, "resources");
  if (service !== undefined && environment.services[service]) return { name: service, service: environment.services[service] };
  if (resource !== undefined && environment.resources[resource])
    return { name: resource, resource: environment.resources[resource] };
  return undefined;
}
