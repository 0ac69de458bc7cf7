import type { Environment } from "../../../spec/environment.ts";
import { namespaceOf } from "../../kubernetes/namespace.ts";
import { migrationContainer, migrationJob } from "../../kubernetes/migration.ts";
import { shortName } from "../../names.ts";
import type { Subject } from "../../subject.ts";
import { inDoubleQuotes, word } from "../../text/shell.ts";
import { ownerOf } from "../../migrations.ts";
import { type Run, type Value, type Values, run, variable } from "../model.ts";
import { imagesOf } from "../places.ts";
import type { Way } from "./way.ts";

/** Kubernetes: the deployments roll; blue-green brings up all new pods beside all old ones before any of these goes. */
export function kubernetes(subject: Subject, environment: Environment): Way {
  const services = imagesOf(environment).services.flatMap(({ service, image }) => {
    const one = environment.services[service];
    if (one === undefined) return [];
    return [
      {
        service,
        image,
        cron: one.kind === "cron",
        name: one.deployment?.name ?? service,
        container: one.deployment?.container ?? service,
      },
    ];
  });
  const rolling = services.filter(({ cron }) => !cron);
  const env: Values = { NAMESPACE: namespaceOf(subject, environment) };
  const images = (cron: boolean) =>
    services
      .filter((one) => one.cron === cron)
      .map(
        ({ name, container, image }) =>
          `kubectl --namespace "$NAMESPACE" set image ${cron ? "cronjob" : "deployment"}/${word(name)} ${word(container)}="$PREFIX/${inDoubleQuotes(image)}:$SHA"`,
      );
  const waits = rolling.map(
    ({ name }) => `kubectl --namespace "$NAMESPACE" rollout status deployment/${word(name)} --timeout 10m`,
  );
  const surge = environment.release?.strategy === "blue-green" ? '"100%"' : '"25%"';
  return {
    tools: [{ tool: "cloud" }],
    begin: [credentials(environment)],
    snapshot: (resource) => snapshot(environment, resource),
    migrate: (resource) => migrate(environment, resource, env),
    traffic: [
      run(
        environment.release?.strategy === "blue-green" ? "Green beside blue" : "Roll out",
        [
          ...rolling.map(
            ({ name }) =>
              `kubectl --namespace "$NAMESPACE" patch deployment ${word(name)} --patch '{"spec":{"strategy":{"rollingUpdate":{"maxSurge":${surge},"maxUnavailable":0}}}}'`,
          ),
          ...images(false),
          ...waits,
          ...images(true),
        ].join("\n"),
        { env },
      ),
    ],
    back: run(
      "Back to what ran before",
      [
        ...rolling.map(({ name, container, image }) =>
          [
            `now=$(kubectl --namespace "$NAMESPACE" get deployment ${word(name)} --output jsonpath='{.spec.template.spec.containers[?(@.name=="${container}")].image}')`,
            `if [ "$now" = "$PREFIX/${inDoubleQuotes(image)}:$SHA" ]; then kubectl --namespace "$NAMESPACE" rollout undo deployment/${word(name)}; fi`,
          ].join("\n"),
        ),
        ...waits,
      ].join("\n"),
      { env },
    ),
  };
}

function clusterNameOf(environment: Environment): Value {
  return (
    (environment.cloud === "local" ? undefined : "cluster" in environment ? environment.cluster?.name : undefined) ??
    variable("CLUSTER_NAME")
  );
}

function credentials(environment: Environment): Run {
  const env: Values = { CLUSTER: clusterNameOf(environment) };
  switch (environment.cloud) {
    case "gcp":
      return run(
        "Credentials of the cluster",
        'gcloud container clusters get-credentials "$CLUSTER" --project "$PROJECT" --region "$REGION"',
        { env },
      );
    case "aws":
      return run("Credentials of the cluster", 'aws eks update-kubeconfig --name "$CLUSTER" --region "$REGION"', { env });
    default:
      return run(
        "Credentials of the cluster",
        'az aks get-credentials --resource-group "$RESOURCE_GROUP" --name "$CLUSTER" --overwrite-existing\nmkdir -p "$HOME/.local/bin"\naz aks install-cli --only-show-errors --install-location "$HOME/.local/bin/kubectl" --kubelogin-install-location "$HOME/.local/bin/kubelogin"\nkubelogin convert-kubeconfig --login azurecli',
        { env: { ...env, RESOURCE_GROUP: variable("RESOURCE_GROUP") } },
      );
  }
}

function snapshot(environment: Environment, name: string): Run | undefined {
  const resource = environment.resources[name];
  if (resource?.kind !== "postgres") return undefined;
  const env: Values = {
    DATABASE: resource.instance ?? shortName(`${environment.product}-${environment.environment}-${name}`, 60),
    RUN: { from: "run" },
  };
  const title = `Snapshot of ${name}`;
  switch (environment.cloud) {
    case "gcp":
      return run(
        title,
        'gcloud sql backups create --project "$PROJECT" --instance "$DATABASE" --description "before $SHA" --quiet',
        { env: { DATABASE: env["DATABASE"] ?? "" } },
      );
    case "aws":
      return run(
        title,
        'aws rds create-db-snapshot --db-instance-identifier "$DATABASE" --db-snapshot-identifier "pre-deploy-$RUN" --query DBSnapshot.Status --output text\naws rds wait db-snapshot-available --db-snapshot-identifier "pre-deploy-$RUN"',
        { env },
      );
    default:
      return run(
        title,
        'az postgres flexible-server backup create --resource-group "$RESOURCE_GROUP" --name "$DATABASE" --backup-name "pre-deploy-$RUN" --output none',
        { env: { ...env, RESOURCE_GROUP: variable("RESOURCE_GROUP") } },
      );
  }
}

/** The migration is a job made of the service's own pod: the same secrets, network and account, and another command. */
function migrate(environment: Environment, name: string, env: Values): Run | undefined {
  const resource = environment.resources[name];
  if (resource?.kind !== "postgres" || resource.migrations?.apply === undefined) return undefined;
  const { folder, step = "migrate" } = resource.migrations;
  const owner = imagesOf(environment).services.find(({ service }) => service === ownerOf(folder, environment.services)?.service);
  if (owner === undefined) return undefined;
  const cronjob = migrationJob(name);
  return run(
    step,
    [
      `kubectl --namespace "$NAMESPACE" set image cronjob/${word(cronjob)} ${migrationContainer}="$PREFIX/${inDoubleQuotes(owner.image)}:$SHA"`,
      `job="${inDoubleQuotes(cronjob)}-\${SHA:0:10}"`,
      // Said again for the same version, it waits for what runs or has run already.
      'kubectl --namespace "$NAMESPACE" get job "$job" > /dev/null 2>&1 ||',
      `  kubectl --namespace "$NAMESPACE" create job "$job" --from ${word(`cronjob/${cronjob}`)}`,
      'kubectl --namespace "$NAMESPACE" wait --for condition=complete "job/$job" --timeout 15m',
    ].join("\n"),
    { env },
  );
}
