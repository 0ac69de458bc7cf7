import { refName } from "../../spec/derive.ts";
import type { Environment } from "../../spec/environment.ts";
import { readSecret } from "../scripts/secret-store.ts";
import { word } from "../text/shell.ts";
import { clusterName, regionOf } from "./commands.ts";

// What people type when a database has another address from now on: `$replica` is its instance.

type Service = Environment["services"][string];
type Resource = Environment["resources"][string];
type Lines = readonly string[];

/** The secret that services have a database's address from, unless something else than the cloud's store keeps it. */
export function addressSecret(environment: Environment, resource: Resource): string | undefined {
  const stores = ["secret manager", "secrets manager", "key vault"];
  if (environment.cloud === "local" || !stores.includes(environment.secretsIn ?? "")) return undefined;
  return "urlIn" in resource ? refName(resource.urlIn, "secrets") : undefined;
}

/** Puts the host of the promoted replica in the place of the old one, and starts anew whoever has read it. */
export function pointAtReplica(environment: Environment, name: string, resource: Resource): Lines {
  const secret = addressSecret(environment, resource);
  if (secret === undefined) return [];
  return [
    addressOf(environment),
    `url=$(${readSecret(environment, secret).shell})`,
    // By a file, not as an argument: every user of the machine sees those.
    `(umask 077 && sed -E "s#@[^:/?]+#@$address#" <<< "$url" | tr -d '\\n' > url.secret)`,
    stored(environment, secret),
    "rm url.secret",
    ...Object.entries(environment.services).flatMap(([key, service]) =>
      service.kind !== "cron" && service.uses?.some((use) => refName(use, "resources") === name) === true
        ? restarted(environment, key, service)
        : [],
    ),
  ];
}

function addressOf(environment: Environment): string {
  switch (environment.cloud) {
    case "gcp":
      return `address=$(gcloud sql instances describe "$replica" --format='value(ipAddresses[0].ipAddress)')`;
    case "azure":
      return `address=$(az postgres flexible-server show --resource-group ${clusterName(environment)} --name "$replica" --query fullyQualifiedDomainName --output tsv)`;
    default:
      return `address=$(aws rds describe-db-instances --db-instance-identifier "$replica" --query 'DBInstances[0].Endpoint.Address' --output text)`;
  }
}

function stored(environment: Environment, secret: string): string {
  switch (environment.cloud) {
    case "gcp":
      return `gcloud secrets versions add ${word(secret)} --data-file=url.secret`;
    case "azure":
      return `az keyvault secret set --vault-name "$VAULT_NAME" --name ${word(secret)} --file url.secret --output none`;
    default:
      return `aws secretsmanager put-secret-value --secret-id ${word(secret)} --secret-string file://url.secret`;
  }
}

/** A service reads its secrets when it starts. */
function restarted(environment: Environment, name: string, service: Service): Lines {
  const deployed = word(service.deployment?.name ?? name);
  switch (environment.cloud === "local" ? undefined : environment.runs) {
    case "cloud run":
      return [
        `gcloud run services update ${deployed} --region=${word(regionOf(environment))} --update-labels="restarted=$(date +%s)"`,
      ];
    case "ecs": {
      const cluster = clusterName(environment);
      // CodeDeploy alone makes new deployments of what it shifts; tasks that are stopped are started anew in either case.
      return [
        `aws ecs list-tasks --cluster ${cluster} --service-name ${deployed} --query 'taskArns[]' --output text | tr '\\t' '\\n' |`,
        `  xargs -I '{}' aws ecs stop-task --cluster ${cluster} --task '{}' --reason 'the database has another address' --query task.taskArn`,
        `aws ecs wait services-stable --cluster ${cluster} --services ${deployed}`,
      ];
    }
    case "gke":
    case "eks":
    case "aks":
      return [`kubectl --namespace=${word(environment.product)} rollout restart deployment/${deployed}`];
    default:
      return [];
  }
}
