import { listed } from "../../lib/text.ts";
import type { Layout } from "../layout.ts";
import { deploysFromGitHub, type Subject, productOf } from "../subject.ts";
import { type AwsEnvironment } from "../terraform/aws/place.ts";
import { inAws, registryOf } from "../terraform/aws/accounts.ts";
import { buildsPullRequests } from "../promotion.ts";
import { block, code, list } from "../text/markdown.ts";
import { word } from "../text/shell.ts";

// What people do on AWS once, before a pipeline can do the rest.

/** What is made before the first environment: the bucket of the states, and a registry that environments share. */
export function beforeOnAws(subject: Subject, layout: Layout): readonly string[] {
  const environments = inAws(subject);
  const bucket = productOf(subject).pipeline?.infrastructure?.state?.in === "s3";
  const shared = environments.map((one) => registryOf(one)?.shared).find((account) => account !== undefined);
  const apply = (folder: string) => block("sh", [`cd ${word(folder)}`, "terraform init", "terraform apply"]);
  const numbers = "It asks for the numbers of the environments' accounts.";
  const own = environments.some(({ account }) => !/^\d{12}$/.test(account)) ? ` ${numbers}` : "";
  return [
    ...(bucket ? [`Once, before everything else, the bucket of the states is made.${own}`, apply(layout.state)] : []),
    ...(shared === undefined
      ? []
      : [
          `The registry is in an account of its own, ${code(shared)}. A person applies its root there, once and whenever there is a new image.${own}`,
          apply(layout.registry),
        ]),
    ...(bucket || shared !== undefined ? ["Then, for each environment:"] : []),
  ];
}

/** Who may do what in it, and from where: what no file can set by itself. */
export function rightsOnAws(subject: Subject): readonly string[] {
  const environments = inAws(subject);
  const items = [
    ...roles(subject, environments.filter(deploysFromGitHub)),
    ...(environments.some(({ runs }) => runs === "eks") ? [clusters(environments)] : []),
  ];
  return items.length === 0 ? [] : ["What no file sets by itself:", list(items)];
}

function roles(subject: Subject, environments: readonly AwsEnvironment[]): readonly string[] {
  const [first] = environments;
  if (first === undefined) return [];
  const names = listed(environments.map(({ environment }) => code(environment)));
  const plans = listed(environments.map(({ environment }) => code(`${environment}-plan`)));
  const named = first.pipeline?.infrastructure?.deployer?.account ?? first.pipeline?.account;
  const builders = environments.filter((one) => registryOf(one) !== undefined && buildsPullRequests(subject, one));
  const previews = builders.map(({ environment }) => `, ${code("AWS_PREVIEW_ROLE")} one of ${code(`${environment}-preview`)}`);
  const numbers = environments.map(({ environment }) => code(`${environment.replaceAll("-", "_").toUpperCase()}_AWS_ACCOUNT_ID`));
  return [
    `A person applies each environment the first time: the roles of workflows are made then, and ${code("terraform output deployer_role_arns")} says them. On GitHub, ${code("AWS_PLAN_ROLE")} is a variable of the environments ${plans}${named === undefined ? `, and ${code("AWS_DEPLOY_ROLE")} one of ${names}` : ""}${previews.join("")}; ${listed(numbers)} are variables of the repository.`,
    "Whoever deploys makes roles only within the boundary that they have themselves, and changes neither that nor their own rights: a plan that changes the modules `boundary` or `deployer` is applied by a person.",
    `Terraform reads back what it has once written, so whoever plans can read the secrets that it wrote: those that are generated, and the addresses of databases. A pull request is planned too. Where not everybody who may push a branch may read those secrets, let reviewers stand before ${plans}.`,
  ];
}

function clusters(environments: readonly AwsEnvironment[]): string {
  const names = listed(environments.filter(({ runs }) => runs === "eks").map(({ environment }) => code(environment)));
  return `The clusters' APIs are reached from inside their networks, and from the addresses in ${code("api_cidrs")}, which is set where Terraform runs: ${code("TF_VAR_api_cidrs")} of a person, the variable ${code("TF_VAR_API_CIDRS")} of each environment on GitHub (and of its ${code("-plan")}). Plans, applies and releases of ${names} talk to the cluster. GitHub's own runners have no addresses of their own: take larger runners with fixed addresses and name these, or runners of your own inside the network and ${code("[]")}. The first time, when there is no network yet, it has to name the address of whoever applies.`;
}

/** Terraform Cloud keeps the state; it has no credentials, so it runs nothing. */
export function terraformCloud(subject: Subject): readonly string[] {
  if (productOf(subject).pipeline?.infrastructure?.state?.in !== "terraform cloud") return [];
  return [
    `Terraform Cloud keeps the states, and runs nothing: it has no credentials of the cloud. Set the execution mode of each workspace to Local, or of the whole organisation before ${code("terraform init")} makes them. A person signs in with ${code("terraform login")}; workflows have a team's token in the secret ${code("TF_API_TOKEN")}.`,
  ];
}
