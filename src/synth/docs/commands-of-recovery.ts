import type { Environment } from "../../spec/environment.ts";
import { word } from "../text/shell.ts";
import { clusterName, instanceOf } from "./commands.ts";

// What people type when a store or a region is lost.

type Resource = Environment["resources"][string];
type Lines = readonly string[];

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
