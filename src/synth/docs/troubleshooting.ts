import type { Environment } from "../../spec/environment.ts";
import type { Layout } from "../layout.ts";
import { type Subject, productOf } from "../subject.ts";
import { block, code } from "../text/markdown.ts";
import { word } from "../text/shell.ts";
import { findInstance, look, lookAt, reach, regionOf } from "./commands.ts";
import { mostWatched } from "./watched.ts";

/** Where to look when something does not work, from the outside to the inside. */
export function troubleshootingSection(subject: Subject, layout: Layout): readonly string[] {
  const environment = mostWatched(subject);
  if (environment === undefined) return [];
  const services = Object.entries(environment.services).flatMap(([name, one]) => look(environment, name, one));
  const stores = Object.entries(environment.resources).flatMap(([name, one]) => [
    ...findInstance(environment, name, one),
    ...lookAt(environment, name, one),
  ]);
  return [
    "## Troubleshooting",
    `The commands are about ${code(environment.environment)}; look first at whether they reach it.`,
    block("sh", reach(environment)),
    ...titled("A service does not answer, or a new version does not start", services),
    "The last lines of its log say why. A version that does not get healthy gets no traffic: the one before still answers.",
    ...titled("The database or the cache cannot be reached", stores),
    ...network(environment),
    ...titled("Something is missing", existing(environment)),
    ...scripts(subject, layout),
    ...terraform(subject, environment, layout),
  ];
}

function titled(title: string, commands: readonly string[]): readonly string[] {
  return commands.length === 0 ? [] : [`### ${title}`, block("sh", commands)];
}

function network(environment: Environment): readonly string[] {
  if (environment.cloud !== "gcp" || environment.network?.name === undefined) return [];
  const name = word(environment.network.name);
  return [
    "Their addresses are private: a service reaches them through the connector, and the connector through the peering of the network.",
    block("sh", [
      `gcloud compute networks describe ${name}`,
      `gcloud services vpc-peerings list --network=${name}`,
      ...(environment.network.connector === undefined
        ? []
        : [`gcloud compute networks vpc-access connectors list --region=${word(regionOf(environment))}`]),
    ]),
  ];
}

function existing(environment: Environment): readonly string[] {
  switch (environment.cloud) {
    case "gcp":
      return ["gcloud config list", "gcloud services list --enabled", "gcloud secrets list"];
    case "aws":
      return ["aws sts get-caller-identity", "aws secretsmanager list-secrets --query 'SecretList[].Name'"];
    case "azure":
      return ["az account show", "az keyvault list --query '[].name'"];
    case "local":
      return [];
  }
}

function scripts(subject: Subject, layout: Layout): readonly string[] {
  if (productOf(subject).files?.scripts?.all === undefined) return [];
  return [
    "### A script stopped half-way",
    `Take away the cause and run it again: what is there already stays as it is. ${code(`${layout.scripts}/verify.sh`)} says what is there and what is not.`,
  ];
}

function terraform(subject: Subject, environment: Environment, layout: Layout): readonly string[] {
  if (productOf(subject).pipeline?.infrastructure === undefined) return [];
  return [
    "### Terraform says that the state is locked",
    "Somebody else applies, or did and was interrupted. Ask first; the lock names who it is. Only when nobody does:",
    block("sh", [`cd ${word(layout.terraform(environment.environment))}`, "terraform force-unlock <id of the lock>"]),
  ];
}
