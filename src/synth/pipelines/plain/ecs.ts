import type { Environment } from "../../../spec/environment.ts";
import { shortName } from "../../names.ts";
import { inDoubleQuotes, word } from "../../text/shell.ts";
import { ownerOf } from "../../migrations.ts";
import { type Run, run, variable } from "../model.ts";
import { imagesOf } from "../places.ts";
import { forEach, functions, functionsFile } from "../scripts.ts";
import type { Way } from "./way.ts";

/** ECS: a task definition for each version; CodeDeploy moves the load balancer from blue to green, ECS rolls the rest. */
export function ecs(environment: Environment): Way {
  const cluster = clusterOf(environment);
  const services = imagesOf(environment).services.filter(({ service }) => environment.services[service]?.kind !== "cron");
  const names = services.map(({ service }) => service);
  const balanced = names.filter((name) => environment.hosts.some(({ service }) => service === name));
  const blueGreen = environment.release?.strategy === "blue-green" ? balanced : [];
  const rolling = names.filter((name) => !blueGreen.includes(name));
  const env = { CLUSTER: cluster };
  return {
    tools: [{ tool: "cloud" }],
    begin: [
      ...(blueGreen.length === 0 ? [] : [functionsFile([codeDeploy(environment)])]),
      run(
        "Remember what runs now, and make the new task definitions",
        [
          "mkdir -p before after",
          "register() {",
          '  aws ecs describe-task-definition --task-definition "$(cat "before/$1")" --query taskDefinition |',
          '    jq --arg image "$2" \'.containerDefinitions[0].image = $image',
          "      | del(.taskDefinitionArn, .revision, .status, .requiresAttributes, .compatibilities, .registeredAt, .registeredBy)' > task.json",
          '  aws ecs register-task-definition --cli-input-json file://task.json --query taskDefinition.taskDefinitionArn --output text > "after/$1"',
          "}",
          forEach(
            "service",
            names,
            'aws ecs describe-services --cluster "$CLUSTER" --services "$service" --query "services[0].taskDefinition" --output text > "before/$service"',
          ),
          ...services.map(({ service, image }) => `register ${word(service)} "$PREFIX/${inDoubleQuotes(image)}:$SHA"`),
        ].join("\n"),
        { env },
      ),
    ],
    snapshot: (resource) => snapshot(environment, resource),
    migrate: (resource) => migrate(environment, resource, env),
    traffic: [
      ...(blueGreen.length === 0
        ? []
        : [
            run(
              "Blue-green",
              [functions, forEach("service", blueGreen, 'shift_to "$service" "$(cat "after/$service")"')].join("\n"),
              { env },
            ),
          ]),
      ...(rolling.length === 0
        ? []
        : [run(blueGreen.length === 0 ? "Roll out" : "Roll out the rest", roll(rolling, "after"), { env })]),
    ],
    back: run(
      "Back to what ran before",
      [
        "[ -d before ] || exit 0",
        ...(blueGreen.length === 0 ? [] : [functions, forEach("service", blueGreen, back)]),
        ...(rolling.length === 0 ? [] : [roll(rolling, "before")]),
      ].join("\n"),
      { env },
    ),
  };
}

const back = [
  'now=$(aws ecs describe-services --cluster "$CLUSTER" --services "$service" --query "services[0].taskSets[?status==\'PRIMARY\'].taskDefinition" --output text)',
  'if [ "$now" != "$(cat "before/$service")" ]; then shift_to "$service" "$(cat "before/$service")"; fi',
].join("\n");

function clusterOf(environment: Environment) {
  const named = environment.cloud === "aws" ? environment.cluster?.name : undefined;
  return named ?? variable("CLUSTER_NAME");
}

function roll(services: readonly string[], from: "before" | "after"): string {
  return [
    forEach(
      "service",
      services,
      `aws ecs update-service --cluster "$CLUSTER" --service "$service" --task-definition "$(cat "${from}/$service")" --query service.serviceArn --output text`,
    ),
    `aws ecs wait services-stable --cluster "$CLUSTER" --services ${services.map(word).join(" ")}`,
  ].join("\n");
}

/** CodeDeploy itself goes back when the green tasks do not become healthy; what is found out later is the last step's. */
function codeDeploy({ services }: Environment): string {
  const ports = Object.entries(services).flatMap(([name, { port }]) => (port === undefined ? [] : [{ name, port }]));
  return [
    "port() {",
    '  case "$1" in',
    ...ports.map(({ name, port }) => `    ${name}) echo ${port} ;;`),
    "  esac",
    "}",
    "shift_to() {",
    "  local deployment",
    '  deployment=$(jq --null-input --arg application "$CLUSTER" --arg service "$1" --arg task "$2" --argjson port "$(port "$1")" \'{',
    "    applicationName: $application, deploymentGroupName: $service,",
    '    revision: {revisionType: "AppSpecContent", appSpecContent: {content: ({version: 0.0, Resources: [{TargetService: {',
    '      Type: "AWS::ECS::Service",',
    "      Properties: {TaskDefinition: $task, LoadBalancerInfo: {ContainerName: $service, ContainerPort: $port}}",
    "    }}]} | tojson)}}",
    "  }' > deployment.json && aws deploy create-deployment --cli-input-json file://deployment.json --query deploymentId --output text)",
    '  aws deploy wait deployment-successful --deployment-id "$deployment"',
    "}",
  ].join("\n");
}

function snapshot(environment: Environment, name: string): Run | undefined {
  const resource = environment.resources[name];
  if (resource?.kind !== "postgres") return undefined;
  const instance = resource.instance ?? shortName(`${environment.product}-${environment.environment}-${name}`, 60);
  const wanted = resource.migrations?.snapshotName ?? "pre-deploy-<run>";
  const [before = "", after = ""] = wanted.split("<run>");
  return run(
    `Snapshot of ${name}`,
    [
      `snapshot="${inDoubleQuotes(before)}$RUN${inDoubleQuotes(after)}"`,
      `aws rds create-db-snapshot --db-instance-identifier ${word(instance)} --db-snapshot-identifier "$snapshot" --query DBSnapshot.Status --output text`,
      'aws rds wait db-snapshot-available --db-snapshot-identifier "$snapshot"',
    ].join("\n"),
    { env: { RUN: { from: "run" } } },
  );
}

/** The migration runs as a task beside the service's own: the database answers nobody outside its network. */
function migrate(environment: Environment, name: string, env: Run["env"]): Run | undefined {
  const resource = environment.resources[name];
  if (resource?.kind !== "postgres" || resource.migrations?.apply === undefined) return undefined;
  const { apply, folder, step = "migrate" } = resource.migrations;
  const owner = ownerOf(folder, environment.services)?.service;
  if (owner === undefined) return undefined;
  return run(
    step,
    [
      `network=$(aws ecs describe-services --cluster "$CLUSTER" --services ${word(owner)} --query "services[0].networkConfiguration" --output json)`,
      `overrides=$(jq --null-input --compact-output --arg command ${word(apply)} --arg name ${word(environment.services[owner]?.deployment?.container ?? owner)} \\`,
      '  \'{containerOverrides: [{name: $name, command: ["sh", "-c", $command]}]}\')',
      `task=$(aws ecs run-task --cluster "$CLUSTER" --launch-type FARGATE --task-definition "$(cat after/${owner})" \\`,
      '  --network-configuration "$network" --overrides "$overrides" --started-by migration --query "tasks[0].taskArn" --output text)',
      'aws ecs wait tasks-stopped --cluster "$CLUSTER" --tasks "$task"',
      'code=$(aws ecs describe-tasks --cluster "$CLUSTER" --tasks "$task" --query "tasks[0].containers[0].exitCode" --output text)',
      '[ "$code" = 0 ]',
    ].join("\n"),
    env === undefined ? {} : { env },
  );
}
