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

/** Makes the standby of a database the one that writes. */
export function failOver(environment: Environment, name: string, resource: Resource): Lines {
  const instance = instanceOf(name, resource);
  switch (environment.cloud) {
    case "gcp":
      return [`gcloud sql instances failover ${instance}`];
    case "aws":
      return [`aws rds reboot-db-instance --db-instance-identifier ${instance} --force-failover`];
    case "azure":
      return [
        `az postgres flexible-server restart --resource-group ${clusterName(environment)} --name ${instance} --failover Forced`,
      ];
    case "local":
      return [];
  }
}

/** Makes a read replica a database of its own. There is no way back: the old primary becomes a replica only by being made anew. */
export function promote(environment: Environment, name: string, resource: Resource): Lines {
  const instance = instanceOf(name, resource);
  switch (environment.cloud) {
    case "gcp":
      return [
        `replica=$(gcloud sql instances list --filter=${word(`masterInstanceName:${instance}`)} --format='value(name)' --limit=1)`,
        `gcloud sql instances promote-replica "$replica"`,
      ];
    case "aws":
      return [
        `replica=$(aws rds describe-db-instances --db-instance-identifier ${instance} \\`,
        "  --query 'DBInstances[0].ReadReplicaDBInstanceIdentifiers[0]' --output text)",
        'aws rds promote-read-replica --db-instance-identifier "$replica"',
        'aws rds wait db-instance-available --db-instance-identifier "$replica"',
      ];
    case "azure":
      return [
        `replica=$(az postgres flexible-server replica list --resource-group ${clusterName(environment)} --name ${instance} --query '[0].name' --output tsv)`,
        `az postgres flexible-server replica promote --resource-group ${clusterName(environment)} --name "$replica" --promote-mode standalone --promote-option forced`,
      ];
    case "local":
      return [];
  }
}

/** The same for the replica in another region, without a word to the region that may be lost. */
export function promoteIn(environment: Environment, region: string): Lines {
  const there = word(region);
  switch (environment.cloud) {
    case "gcp":
      return [
        `replica=$(gcloud sql instances list --filter=${word(`region:${region} instanceType:READ_REPLICA_INSTANCE`)} --format='value(name)' --limit=1)`,
        'gcloud sql instances promote-replica "$replica"',
      ];
    case "aws":
      return [
        `replica=$(aws rds describe-db-instances --region ${there} \\`,
        "  --query 'DBInstances[?ReadReplicaSourceDBInstanceIdentifier!=null] | [0].DBInstanceIdentifier' --output text)",
        `aws rds promote-read-replica --region ${there} --db-instance-identifier "$replica"`,
        `aws rds wait db-instance-available --region ${there} --db-instance-identifier "$replica"`,
      ];
    case "azure":
      return [
        `az postgres flexible-server list --query "[?replicationRole=='AsyncReplica'].{name: name, group: resourceGroup, where: location}" --output table`,
        "az postgres flexible-server replica promote --resource-group <group> --name <name> --promote-mode standalone --promote-option forced",
      ];
    case "local":
      return [];
  }
}

/** The cluster of the standby, whatever it is called. */
export function reachCluster(environment: Environment, region: string): Lines {
  const there = word(region);
  switch (environment.cloud === "local" ? undefined : environment.runs) {
    case "gke":
      return [
        `cluster=$(gcloud container clusters list --filter=${word(`location:${region}`)} --format='value(name)' --limit=1)`,
        `gcloud container clusters get-credentials "$cluster" --region=${there}`,
      ];
    case "eks":
      return [
        `cluster=$(aws eks list-clusters --region ${there} --query 'clusters[0]' --output text)`,
        `aws eks update-kubeconfig --region ${there} --name "$cluster"`,
      ];
    case "aks":
      return [
        `read -r cluster group < <(az aks list --query ${word(`[?location=='${region}'] | [0].[name, resourceGroup]`)} --output tsv | xargs)`,
        'az aks get-credentials --name "$cluster" --resource-group "$group"',
      ];
    default:
      return [];
  }
}

/** On Kubernetes a standby that is not cold has everything but what may run once only: that is let begin. */
export function startWaiting(environment: Environment): Lines {
  if (environment.cloud === "local" || environment.standby?.mode === "cold") return [];
  if (!["gke", "eks", "aks"].includes(environment.runs ?? "")) return [];
  const spaced = `kubectl --namespace=${word(environment.product)}`;
  return Object.entries(environment.services).flatMap(([name, { kind, deployment, scale }]) => {
    const deployed = word(deployment?.name ?? name);
    if (kind === "cron") return [`${spaced} patch cronjob/${deployed} --patch='{"spec": {"suspend": false}}'`];
    return kind === "worker" ? [`${spaced} scale deployment/${deployed} --replicas=${scale?.min ?? 1}`] : [];
  });
}

/** The version before, for one service. */
export function rollBack(environment: Environment, name: string, service: Service): Lines {
  const deployed = word(service.deployment?.name ?? name);
  const region = word(regionOf(environment));
  switch (environment.cloud === "local" ? undefined : environment.runs) {
    case "cloud run":
      return [
        `gcloud run revisions list --service=${deployed} --region=${region} --limit=5`,
        `gcloud run services update-traffic ${deployed} --region=${region} --to-revisions=<revision>=100`,
      ];
    case "ecs":
      return [
        `running=$(aws ecs describe-services --cluster ${clusterName(environment)} --services ${deployed} --query 'services[0].taskDefinition' --output text)`,
        'aws ecs list-task-definitions --family-prefix "$(basename "${running%:*}")" --sort DESC --max-items 5',
        `aws ecs update-service --cluster ${clusterName(environment)} --service ${deployed} --task-definition <task definition>`,
        `aws ecs wait services-stable --cluster ${clusterName(environment)} --services ${deployed}`,
      ];
    case "gke":
    case "eks":
    case "aks":
      return [
        `kubectl --namespace=${word(environment.product)} rollout undo deployment/${deployed}`,
        `kubectl --namespace=${word(environment.product)} rollout status deployment/${deployed}`,
      ];
    default:
      return [];
  }
}

/** More instances than the spec asks for, until the next release says otherwise. */
export function scaleUp(environment: Environment, name: string, service: Service): Lines {
  const deployed = word(service.deployment?.name ?? name);
  const most = service.scale?.max ?? 2;
  switch (environment.cloud === "local" ? undefined : environment.runs) {
    case "cloud run":
      return [
        `gcloud run services update ${deployed} --region=${word(regionOf(environment))} --min-instances=${most} --max-instances=${most * 2}`,
      ];
    case "ecs":
      return [
        "aws application-autoscaling register-scalable-target --service-namespace ecs --scalable-dimension ecs:service:DesiredCount \\",
        `  --resource-id ${word(`service/${clusterName(environment)}/${deployed}`)} --min-capacity ${most} --max-capacity ${most * 2}`,
      ];
    case "gke":
    case "eks":
    case "aks":
      return [
        `kubectl --namespace=${word(environment.product)} patch hpa/${deployed} --patch='{"spec": {"minReplicas": ${most}, "maxReplicas": ${most * 2}}}'`,
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
function instanceOf(name: string, resource: Resource): string {
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

function clusterName(environment: Environment): string {
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
