import { listed } from "../../lib/text.ts";
import type { Environment } from "../../spec/environment.ts";
import type { File } from "../file.ts";
import { type Layout, layoutOf, relative } from "../layout.ts";
import { type Subject, inCloud, productOf } from "../subject.ts";
import { block, code, heading, page, table, text } from "../text/markdown.ts";
import { cleanUpSection } from "./clean-up.ts";
import { costSection } from "./cost.ts";
import { deploymentSection } from "./deployment.ts";
import { diagramLines } from "./diagram.ts";
import { mostWatched } from "./watched.ts";
import { securitySection } from "./security.ts";
import { sizesSection } from "./sizes.ts";
import { troubleshootingSection } from "./troubleshooting.ts";
import { homeOf, placeText } from "./words.ts";

type Part = string | undefined;
type Section = NonNullable<NonNullable<NonNullable<Environment["files"]>["guide"]>["sections"]>[number];

const usual: readonly Section[] = ["deployment", "diagram", "sizes", "cost", "troubleshooting", "security", "clean-up"];

/** The README of the infrastructure: what is where, and how it is brought up, looked at and taken down. */
export function guide(subject: Subject): readonly File[] {
  if (inCloud(subject).length === 0) return [];
  const layout = layoutOf(subject);
  const { title, document, files } = productOf(subject);
  const sections: Readonly<Record<Section, () => readonly Part[]>> = {
    deployment: () => deploymentSection(subject, layout),
    diagram: () => diagramSection(subject),
    sizes: () => sizesSection(inCloud(subject)),
    cost: () => costSection(inCloud(subject)),
    troubleshooting: () => troubleshootingSection(subject, layout),
    security: () => securitySection(subject, layout),
    "clean-up": () => cleanUpSection(subject, layout),
  };
  const of = document?.title === undefined ? "" : ` It does what the document ${text(document.title)} says.`;
  return [
    {
      path: layout.guide,
      text: page([
        heading(1, `${title ?? subject.name}: infrastructure`),
        `What ${text(title ?? subject.name)} runs on, in ${listed(inCloud(subject).map(({ environment }) => code(environment)))}.${of}`,
        environmentsTable(subject),
        switchText(subject),
        "## What is where",
        whereTable(subject, layout),
        ...(files?.guide?.sections ?? usual).flatMap((section) => sections[section]()),
      ]),
    },
  ];
}

function environmentsTable(subject: Subject): string {
  const home = { gcp: "project", aws: "account", azure: "subscription", local: "" };
  const rows = subject.environments.map((one) => [
    text(one.environment) + (one.production === true && one.environment !== "production" ? " (production)" : ""),
    one.managed === "elsewhere" ? `${placeText(one)}, by somebody else` : placeText(one),
    homeOf(one) === "" ? "" : `${home[one.cloud]} ${code(homeOf(one))}`,
    one.hosts.length === 0 ? "" : [...new Set(one.hosts.map(({ host }) => code(host)))].join(", "),
    text(one.purpose ?? ""),
  ]);
  const used = ["environment", "where", "in", "at", "for"].map((head, column) => ({ head, column }));
  const kept = used.filter(({ column }) => rows.some((row) => row[column] !== ""));
  return table(
    kept.map(({ head }) => head),
    rows.map((row) => kept.map(({ column }) => row[column] ?? "")),
  );
}

/** Where the same environment can be in another cloud, these files are those of one. */
function switchText(subject: Subject): string | undefined {
  const chosen = new Map(inCloud(subject).flatMap(({ switches = {} }) => Object.entries(switches)));
  if (chosen.size === 0 || subject.plain) return undefined;
  const [[name, choice] = ["", ""]] = chosen;
  return `These are the files for the ${text(name)} ${code(choice)}; ${code(`gantry synth --switch ${name}=…`)} writes those for another.`;
}

/** Only what is there: each family of files with what it is for. */
function whereTable(subject: Subject, layout: Layout): string {
  const product = productOf(subject);
  const environments = inCloud(subject);
  const kubernetes = environments.some((one) => one.cloud !== "local" && ["gke", "eks", "aks"].includes(one.runs ?? ""));
  const terraform = product.pipeline?.infrastructure !== undefined;
  const scripts = product.files?.scripts;
  const rows: (readonly [path: string, what: string] | undefined)[] = [
    terraform
      ? [`${layout.terraform("<environment>")}/`, "Terraform of one environment: which modules it has, and its values"]
      : undefined,
    terraform ? [`${layout.modules}/`, "the modules that they share, each with a README"] : undefined,
    kubernetes ? [`${layout.kubernetes}/`, "what runs in the cluster: a base, and an overlay for each environment"] : undefined,
    product.files?.settings === undefined ? undefined : [product.files.settings, "settings of the scripts, for each environment"],
    scripts === undefined
      ? undefined
      : [`${layout.scripts}/`, "scripts: what they do is at the top of each, and `--help` says it too"],
    ...(product.pipeline?.runsOn ?? []).map((system): readonly [string, string] => [
      pipelinePath(product, system),
      "checks and deployments",
    ]),
    environments.some((one) => Object.keys(one.policies).length > 0)
      ? [`${layout.policies}/`, "what no change to the infrastructure may bring, as Rego, with its tests"]
      : undefined,
    environments.some((one) => one.standby?.scripts !== undefined)
      ? [`${layout.backups}/`, "backups, and what a failover needs"]
      : undefined,
    [`${layout.runbooks}/`, "what to do when"],
  ];
  const from = folderOf(layout.guide);
  return table(
    ["path", "what"],
    rows.flatMap((row) => (row === undefined ? [] : [[code(shortest(from, row[0])), row[1]]])),
  );
}

function pipelinePath(product: ReturnType<typeof productOf>, system: "github actions" | "gitlab ci" | "cloud build"): string {
  return {
    "github actions": ".github/workflows/",
    "gitlab ci": ".gitlab-ci.yml",
    "cloud build": product.pipeline?.file ?? "cloudbuild.yaml",
  }[system];
}

function folderOf(path: string): string {
  return path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : ".";
}

/** Below this page a path is written from here, and elsewhere from the top of the repository. */
function shortest(from: string, path: string): string {
  const here = relative(from, path);
  return here.startsWith("..") || from === "." ? path : `${here.replace(/^\.\//, "")}${path.endsWith("/") ? "/" : ""}`;
}

function diagramSection(subject: Subject): readonly Part[] {
  const environment = mostWatched(subject);
  if (environment === undefined) return [];
  return [
    "## Diagram",
    `${text(environment.environment)}${besides(subject, environment)}.`,
    block("mermaid", diagramLines(environment)),
  ];
}

/** What the picture of one environment says of the others. */
function besides(subject: Subject, shown: Environment): string {
  const others = inCloud(subject).filter((one) => one !== shown);
  if (others.length === 0) return "";
  const parts = ({ services, resources, standby, hosts }: Environment) =>
    JSON.stringify([Object.keys(services), Object.keys(resources), standby === undefined, hosts.length === 0]);
  return others.every((one) => parts(one) === parts(shown))
    ? "; the others have the same parts, some of them smaller"
    : "; the others differ in their parts";
}
