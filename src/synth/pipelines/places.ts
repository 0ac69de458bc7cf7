import type { Environment } from "../../spec/environment.ts";
import { shortName } from "../names.ts";
import { builtIn } from "../promotion.ts";
import { type Subject, deploysFromGitHub } from "../subject.ts";
import { plannerAccount, previewerAccount } from "../terraform/gcp/identity.ts";
import { word } from "../text/shell.ts";
import { type Identity, type Source, type Value, input, joined, variable } from "./model.ts";

// What the files can only say where a person has filled it in: a project that is called `br-dev-<id>` gets its number at set-up. Such
// places are variables of the environment in the pipeline's system.

/** A name in which the places to fill in are variables: each environment has its own, so that one may name another's. */
export function filled(text: string, environment: Environment): Value {
  const open: [string, Source][] = [
    ["<account>", own(environment, "AWS_ACCOUNT_ID")],
    ["<subscription>", own(environment, "AZURE_SUBSCRIPTION_ID")],
  ];
  if (environment.cloud === "gcp" && environment.project.includes("<"))
    open.unshift([environment.project, own(environment, "GCP_PROJECT")]);
  for (const [place, source] of open) {
    const at = text.indexOf(place);
    if (at >= 0)
      return joined(filled(text.slice(0, at), environment), source, filled(text.slice(at + place.length), environment));
  }
  return text;
}

/** Whether the whole repository has the variable: one that begins with an environment's name is asked for by jobs of several. */
export function isOfRepository(name: string): boolean {
  return /_(GCP_PROJECT|AWS_ACCOUNT_ID|AZURE_SUBSCRIPTION_ID)$/.test(name);
}

function own({ environment }: Environment, name: string): Source {
  return variable(`${environment.replaceAll("-", "_").toUpperCase()}_${name}`);
}

export function regionOf(environment: Environment): string {
  return environment.cloud === "local" ? "" : (environment.region ?? environment.regions?.[0] ?? "");
}

export function projectOf(environment: Environment): Value {
  if (environment.cloud === "gcp") return filled(environment.project, environment);
  if (environment.cloud === "aws")
    return /^\d{12}$/.test(environment.account) ? environment.account : own(environment, "AWS_ACCOUNT_ID");
  return own(environment, "AZURE_SUBSCRIPTION_ID");
}

/** The trigger that builds for an environment, where a build is started by one. */
export function triggerOf({ product, environment }: Environment): string {
  return shortName(`${shortName(product, 20)}-${environment}`, 30);
}

/** Who deploys to an environment. */
export function deployer(environment: Environment): Identity | undefined {
  const { pipeline, product } = environment;
  const named = pipeline?.infrastructure?.deployer?.account ?? pipeline?.account;
  return identity(environment, {
    gcp: accountOf(shortName(named ?? `${product}-deployer`, 30), environment),
    aws: named === undefined ? variable("AWS_DEPLOY_ROLE") : joined("arn:aws:iam::", projectOf(environment), `:role/${named}`),
  });
}

/** Who plans: may read, and nothing else, for a pull request's author decides what is run then. */
export function planner(environment: Environment): Identity | undefined {
  return identity(environment, { gcp: accountOf(plannerAccount, environment), aws: variable("AWS_PLAN_ROLE") });
}

/**
 * Who builds and shows pull requests: may push their images, make a revision without traffic where the cloud has such a thing, and nothing
 * else, for their authors decide what is run then.
 */
export function previewer(environment: Environment): Identity | undefined {
  const own = (environment.cloud === "gcp" || environment.cloud === "aws") && deploysFromGitHub(environment);
  return own
    ? identity(environment, { gcp: accountOf(previewerAccount, environment), aws: variable("AWS_PREVIEW_ROLE") })
    : deployer(environment);
}

function accountOf(name: string, environment: Environment): Value {
  return joined(`${name}@`, projectOf(environment), ".iam.gserviceaccount.com");
}

function identity(environment: Environment, account: { readonly gcp: Value; readonly aws: Value }): Identity | undefined {
  const { cloud } = environment;
  if (cloud === "local") return undefined;
  return {
    cloud,
    account: input("account", cloud === "azure" ? variable("AZURE_CLIENT_ID") : account[cloud]),
    project: input("project", projectOf(environment)),
    region: input("region", regionOf(environment)),
  };
}

export type BuiltService = { readonly service: string; readonly context: string; readonly file: string; readonly image: string };

export type Images = {
  /** What the names of all of them begin with. */
  readonly prefix: Value;
  readonly services: readonly BuiltService[];
};

/** The images that are built for an environment; `image` is what stands behind the common prefix. */
export function imagesOf(environment: Environment): Images {
  const built = Object.entries(environment.services).flatMap(([service, { build, image }]) =>
    build === undefined || image === undefined ? [] : [{ service, build, name: image.replace(/:[^/]*$/, "") }],
  );
  const prefix = commonPrefix(built.map(({ name }) => name));
  return {
    prefix: filled(prefix.replace(/\/$/, ""), environment),
    services: built.map(({ service, build, name }) => {
      const context = build.context.replace(/^\.\//, "").replace(/\/$/, "") || ".";
      return {
        service,
        context,
        file: build.file ?? (context === "." ? "Dockerfile" : `${context}/Dockerfile`),
        image: name.slice(prefix.length),
      };
    }),
  };
}

function commonPrefix(names: readonly string[]): string {
  const [first = ""] = names;
  let end = first.lastIndexOf("/") + 1;
  while (end > 0 && !names.every((one) => one.startsWith(first.slice(0, end)))) end = first.lastIndexOf("/", end - 2) + 1;
  return first.slice(0, end);
}

/** The cases that these files are written for, as every command of Gantry's takes them. */
export function switchesOf(environments: readonly Environment[]): string {
  const cases = new Set(
    environments.flatMap((one) => Object.entries(one.switches ?? {}).map(([by, choice]) => `${by}=${choice}`)),
  );
  return [...cases]
    .toSorted()
    .map((one) => ` --switch ${word(one)}`)
    .join("");
}

/** Whether images are copied from the environment that they are built for to the registry of another. */
export function copiesImages(subject: Subject, environment: Environment): boolean {
  const source = builtIn(subject);
  if (source === undefined || source === environment) return false;
  return JSON.stringify(imagesOf(source).prefix) !== JSON.stringify(imagesOf(environment).prefix);
}
