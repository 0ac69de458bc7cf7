import { listed } from "../../lib/text.ts";
import type { Environment } from "../../spec/environment.ts";
import type { Layout } from "../layout.ts";
import { type Subject, inCloud, productOf } from "../subject.ts";
import { block, code, list, text } from "../text/markdown.ts";
import { word } from "../text/shell.ts";
import { gcpShared } from "../terraform/gcp/state.ts";
import { reach, setSecret } from "./commands.ts";
import { beforeOnAws, rightsOnAws, terraformCloud } from "./deployment-aws.ts";
import { strategyText, triggerText } from "./words.ts";

/** How the infrastructure comes to be, and how a version of the product gets into it. */
export function deploymentSection(subject: Subject, layout: Layout): readonly (string | undefined)[] {
  const environments = inCloud(subject);
  const { files, pipeline } = productOf(subject);
  return [
    "## Deployment",
    "Commands are typed at the top of the repository.",
    ...(files?.scripts?.all === undefined ? [] : scriptParts(subject, layout, files.scripts.all)),
    ...(pipeline?.infrastructure === undefined ? [] : terraformParts(subject, layout)),
    ...secretParts(environments),
    "### A version of the product",
    list(environments.map((one) => releaseText(one))),
    assetsText(environments),
  ];
}

const order = ["project", "network", "database", "cache", "services", "pipeline", "monitoring"] as const;

function scriptParts(subject: Subject, layout: Layout, all: string): readonly string[] {
  const { files } = productOf(subject);
  const named = files?.scripts?.parts ?? {};
  const parts = order.flatMap((part) => named[part] ?? []);
  const [first] = inCloud(subject).filter(({ production }) => !production);
  const environment = first?.environment ?? inCloud(subject)[0]?.environment ?? "dev";
  return [
    "### The infrastructure",
    `It needs \`gcloud\`, logged in as somebody who may create projects. Settings are in ${code(files?.settings ?? `${layout.scripts}/settings.env`)}: look at them first, above all at the project, the organisation and the billing account; what is empty there is asked for.`,
    block("sh", [
      `cd ${word(layout.scripts)}`,
      `./${word(all)} --environment=${word(environment)} --dry-run # says what it would do`,
      `./${word(all)} --environment=${word(environment)}`,
    ]),
    `It runs ${listed(parts.map((one) => code(one)))}, in this order. Each makes only what is not there yet, so it can be run again at any time, alone or with the others; after an interruption it goes on where it stopped. Generated passwords go straight into Secret Manager and are shown nowhere.`,
  ];
}

function terraformParts(subject: Subject, layout: Layout): readonly string[] {
  const environments = inCloud(subject);
  const [first] = environments;
  if (first === undefined) return [];
  const shared = gcpShared(subject, layout);
  const gcs = shared === layout.state;
  const state = first.pipeline?.infrastructure?.state;
  const bucket = state?.bucket === undefined ? "" : ` ${code(state.bucket)}`;
  const where = {
    gcs: `the bucket${bucket}`,
    s3: `the bucket${bucket}`,
    azure: `the container${bucket}`,
    "terraform cloud": "Terraform Cloud",
  };
  return [
    "### The infrastructure",
    `A folder of Terraform for each environment calls the modules in ${code(layout.modules)}.${state === undefined ? "" : ` The state is in ${where[state.in]}, locked while somebody works on it.`} A pipeline applies the plan that was looked at, and no other; by hand it is the same.`,
    ...terraformCloud(subject),
    ...(gcs ? stateParts(layout.state) : []),
    ...beforeOnAws(subject, layout),
    block("sh", applyLines(layout, layout.terraform(first.environment))),
    list(environments.map((one) => `${text(one.environment)}: ${code(layout.terraform(one.environment))}`)),
    ...(shared === undefined ? [] : letInParts(environments, shared, gcs)),
    ...rightsOnAws(subject),
  ];
}

/** The bucket of the state has to be there before the first of them. */
function stateParts(folder: string): readonly string[] {
  return [
    "Once, before everything else, the bucket of the state is made, in a project where nothing else is: who may read all buckets of a project could read all states.",
    block("sh", [`cd ${word(folder)}`, "terraform init", "terraform apply"]),
    "Then, for each environment:",
  ];
}

/** What crosses projects is granted by a person, who may do so in all of them. */
function letInParts(environments: readonly Environment[], folder: string, states: boolean): readonly string[] {
  const named = environments.flatMap((one) => (one.cloud === "gcp" ? [`  ${one.environment} = "${one.project}"`] : []));
  return [
    `When a person has applied an environment for the first time, its pipeline is let in to what environments share: ${states ? "its state, " : ""}the images that it copies from another, a workspace of dashboards. Accounts have to be there before they are given rights, so its project is named only then, in ${code(`${folder}/terraform.tfvars`)}, and ${code(folder)} is applied${states ? " again" : ""}:`,
    block("text", ["environments = {", ...named, "}"]),
    "A plan reads what is in the environment's own project by itself. Beyond that it reads the billing account, for budgets (`roles/billing.viewer` on it for `tf-planner`, and `roles/billing.costsManager` for the deployer), and the project of the DNS zone (`roles/dns.reader` and `roles/dns.admin`): whoever administers those grants it.",
  ];
}

/** Plans and applies one root, with its values. */
export function applyLines(layout: Layout, root: string): readonly string[] {
  // Terraform reads a file of this name by itself.
  const values = layout.variables === "terraform.tfvars" ? "" : ` -var-file=${word(layout.variables)}`;
  return [`cd ${word(root)}`, "terraform init", `terraform plan${values} -out=plan.tfplan`, "terraform apply plan.tfplan"];
}

/** Secrets that nobody generates have to be given once, to each environment. */
function secretParts(environments: readonly Environment[]): readonly string[] {
  const [first] = environments;
  if (first === undefined) return [];
  const stores = Object.values(first.resources).flatMap((one) => ("urlIn" in one && one.urlIn ? [one.urlIn.ref] : []));
  const given = Object.entries(first.secrets).filter(
    ([name, { generated }]) => generated !== true && !stores.includes(`secrets.${name}`),
  );
  const [example] = given;
  if (example === undefined) return [];
  return [
    "### Secrets",
    `${listed(given.map(([name]) => code(name)))} ${given.length === 1 ? "comes" : "come"} from outside: somebody gives the value once for each environment. The others are generated, or made of what the infrastructure knows.`,
    block("sh", [...reach(first), ...setSecret(first, example[0])]),
  ];
}

/** Where a CDN of its own host serves what pages are built of, the pages have to name it. */
function assetsText(environments: readonly Environment[]): string | undefined {
  const one = environments.find(
    ({ cloud, network, hosts }) => cloud === "aws" && network?.cdn === "cloudfront" && hosts.length > 0,
  );
  const names = Object.entries(one?.services ?? {}).flatMap(([name, { kind }]) => (kind === "frontend" ? [code(name)] : []));
  if (names.length === 0) return undefined;
  return `Static assets are at ${code("assets.<domain>")}, where CloudFront takes them from the site and keeps them: ${listed(names)} finds that address in ${code("ASSETS_URL")} and puts it before the paths of scripts, styles and pictures (${code("assetPrefix")} in Next.js). A version without it is served by the load balancer alone.`;
}

function releaseText(environment: Environment): string {
  const triggers = (environment.deploy ?? []).map(triggerText);
  const by = triggers.length === 0 ? "no version by itself" : `a version by ${listed(triggers, "or")}`;
  return `${text(environment.environment)} gets ${by}; ${strategyText(environment)}`;
}
