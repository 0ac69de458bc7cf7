import { refName } from "../../spec/derive.ts";
import type { Environment } from "../../spec/environment.ts";
import { migrationJob } from "../kubernetes/migration.ts";
import { ownerOf } from "../migrations.ts";
import { readSecret } from "../scripts/secret-store.ts";
import { word } from "../text/shell.ts";
import { addressSecret } from "./commands-of-address.ts";
import { clusterName, regionOf } from "./commands.ts";

// What people type when a version is bad, or not enough of it runs.

type Service = Environment["services"][string];
type Lines = readonly string[];

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
      if (environment.release?.strategy === "blue-green" && service.kind !== "worker") return redeployed(environment, deployed);
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

/** What CodeDeploy moves between blue and green only CodeDeploy moves back: at once while it is at it, else by the revision before. */
function redeployed(environment: Environment, service: string): Lines {
  const group = `--application-name ${clusterName(environment)} --deployment-group-name ${service}`;
  return [
    `aws deploy list-deployments ${group} --include-only-statuses InProgress Ready # going on: take it back`,
    "aws deploy stop-deployment --deployment-id <deployment> --auto-rollback-enabled",
    `aws deploy list-deployments ${group} --include-only-statuses Succeeded # over: deploy the one before again`,
    "aws deploy get-deployment --deployment-id <deployment> --query deploymentInfo.revision > revision.json",
    `aws deploy create-deployment ${group} --revision file://revision.json`,
  ];
}

type Resource = Environment["resources"][string];

/**
 * Takes the last migration back. Where services run in a network of their own the database answers nobody else, so the command runs beside them,
 * with the address and the files that they have.
 */
export function revertMigration(environment: Environment, name: string, resource: Resource): Lines {
  const { revert, folder = "", apply, url } = (resource.kind === "postgres" ? resource.migrations : undefined) ?? {};
  if (revert === undefined) return [];
  const owner = ownerOf(folder, environment.services)?.service;
  const runs = environment.cloud === "local" ? undefined : environment.runs;
  if (runs === "ecs" && owner !== undefined) return asTask(environment, owner, revert);
  if ((runs === "gke" || runs === "eks" || runs === "aks") && owner !== undefined && apply !== undefined) {
    const spaced = `kubectl --namespace=${word(environment.product)}`;
    const command = JSON.stringify(["sh", "-c", revert]);
    return [
      `${spaced} create job revert-migration --from=cronjob/${word(migrationJob(name))} --dry-run=client --output=json |`,
      `  jq --argjson command ${word(command)} '.spec.template.spec.containers[0].command = $command' |`,
      `  ${spaced} apply --filename=-`,
      `${spaced} wait --for=condition=complete --timeout=10m job/revert-migration`,
    ];
  }
  const secret = addressSecret(environment, resource) ?? refName(url, "secrets");
  return [
    ...(secret === undefined || environment.cloud === "local"
      ? ["export DATABASE_URL=<address of the database>"]
      : [`DATABASE_URL=$(${readSecret(environment, secret).shell})`, "export DATABASE_URL"]),
    revert,
  ];
}

function asTask(environment: Environment, owner: string, command: string): Lines {
  const service = environment.services[owner];
  const deployed = word(service?.deployment?.name ?? owner);
  const cluster = clusterName(environment);
  const overrides = JSON.stringify({
    containerOverrides: [{ name: service?.deployment?.container ?? owner, command: ["sh", "-c", command] }],
  });
  return [
    `running=$(aws ecs describe-services --cluster ${cluster} --services ${deployed} --query 'services[0].taskDefinition' --output text)`,
    `network=$(aws ecs describe-services --cluster ${cluster} --services ${deployed} --query 'services[0].networkConfiguration' --output json)`,
    'aws ecs list-task-definitions --family-prefix "$(basename "${running%:*}")" --sort DESC --max-items 5 # the version that brought it',
    `task=$(aws ecs run-task --cluster ${cluster} --launch-type FARGATE --task-definition <task definition> --network-configuration "$network" \\`,
    `  --overrides ${word(overrides)} --started-by revert --query 'tasks[0].taskArn' --output text)`,
    `aws ecs wait tasks-stopped --cluster ${cluster} --tasks "$task"`,
    `aws ecs describe-tasks --cluster ${cluster} --tasks "$task" --query 'tasks[0].containers[0].{exit: exitCode, why: reason}' # 0: it is taken back`,
  ];
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
