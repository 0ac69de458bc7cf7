import { listed } from "../../lib/text.ts";
import type { Environment } from "../../spec/environment.ts";
import { refName } from "../../spec/derive.ts";
import type { File } from "../file.ts";
import { layoutOf } from "../layout.ts";
import { slugs } from "../names.ts";
import { type Subject, inCloud } from "../subject.ts";
import { inComment } from "../text/shell.ts";
import { type Isolation, accessToProduction } from "./forbidden/access-to-production.ts";
import { publicBucket } from "./forbidden/public-bucket.ts";
import { publicDatabase } from "./forbidden/public-database.ts";
import { secretInCode } from "./forbidden/secret-in-code.ts";
import { unencryptedData } from "./forbidden/unencrypted-data.ts";
import { unsignedImage } from "./forbidden/unsigned-image.ts";
import { wildcardIam } from "./forbidden/wildcard-iam.ts";
import { terraformRego } from "./library.ts";
import type { Forbidden, Provider } from "./rule.ts";
import { policyTests } from "./tests.ts";

type PolicyData = Environment["policies"][string];

/** The product's policies as Rego, for `conftest` and `opa`: what each forbids, as rules about a plan, with tests of their own. */
export function policies(subject: Subject): readonly File[] {
  const { policies: folder } = layoutOf(subject);
  const used = policiesOf(subject);
  const names = slugs([...used.keys()]);
  const written = [...used].flatMap(([name, { policy, environments }]) => {
    const text = policyText(subject, name, { policy, environments });
    const path = policy.file ?? `${folder}/${names.get(name)}.rego`;
    return text === undefined ? [] : [{ path, ...text }];
  });
  if (written.length === 0) return [];
  return [
    { path: `${folder}/terraform.rego`, text: terraformRego },
    ...written.flatMap(({ path, rules, tests }) => [
      { path, text: rules },
      { path: path.replace(/(\.rego)?$/, "_test.rego"), text: tests },
    ]),
  ];
}

type Used = { readonly policy: PolicyData; readonly environments: readonly Environment[] };

/** Each policy, with the environments that it is about. Rego is OPA's language, so what another engine runs is not written in it. */
function policiesOf(subject: Subject): ReadonlyMap<string, Used> {
  const used = new Map<string, Used>();
  for (const environment of inCloud(subject))
    for (const [name, policy] of Object.entries(environment.policies)) {
      if (policy.engine === "sentinel") continue;
      used.set(name, { policy, environments: [...(used.get(name)?.environments ?? []), environment] });
    }
  return used;
}

function policyText(subject: Subject, name: string, { policy: { forbids = [] }, environments }: Used) {
  const isolation = isolationOf(subject, environments);
  const providers = providersOf(environments);
  const sections = forbids.flatMap((what) => {
    const forbidden = what === "access to production" ? accessToProduction(isolation) : forbiddens[what];
    return providers.flatMap((provider) => (forbidden?.[provider] ? [{ what, provider, ...forbidden[provider] }] : []));
  });
  if (sections.length === 0) return undefined;
  const head = [
    `# ${inComment(name)}: what no change to the infrastructure of ${listed(environments.map((one) => one.environment))} may bring.`,
    "package main",
    "",
    "import rego.v1",
  ];
  const rules = sections.map(({ what, provider, rules: text }, index) => {
    const first = sections[index - 1]?.what !== what;
    const title = provider === "every" ? what : `${what}, ${titles[provider]}`;
    return `${first || provider !== "every" ? `\n# ${title}\n` : ""}${text}`;
  });
  return { rules: `${head.join("\n")}\n${rules.join("")}`, tests: policyTests(name, sections) };
}

const titles = { google: "Google Cloud", aws: "AWS", azurerm: "Azure", kubernetes: "Kubernetes" } as const;

const forbiddens: Readonly<Record<string, Forbidden>> = {
  "public bucket": publicBucket,
  "public database": publicDatabase,
  "wildcard iam": wildcardIam,
  "unsigned image": unsignedImage,
  "unencrypted data": unencryptedData,
  "secret in code": secretInCode,
};

/** From what the environments are kept: what they say, and without a word whatever is production from whatever is not. */
function isolationOf(subject: Subject, environments: readonly Environment[]): Isolation {
  const named = new Set(environments.flatMap((one) => refName(one.isolated?.from, "environments") ?? []));
  const production = subject.environments.filter((one) => (named.size > 0 ? named.has(one.environment) : one.production));
  const own = environments.filter((one) => !production.includes(one));
  return { production: production.flatMap(identityOf), own: own.flatMap(identityOf) };
}

/** What an environment is known by in its cloud. */
function identityOf(environment: Environment): readonly string[] {
  switch (environment.cloud) {
    case "gcp":
      return [environment.project];
    case "aws":
      return [environment.account];
    case "azure":
      return [environment.subscription];
    case "local":
      return [];
  }
}

function providersOf(environments: readonly Environment[]): readonly Provider[] {
  const providers = new Set<Provider>();
  for (const one of environments) {
    if (one.cloud === "gcp") providers.add("google");
    if (one.cloud === "aws") providers.add("aws");
    if (one.cloud === "azure") providers.add("azurerm");
    if (one.cloud !== "local" && ["gke", "eks", "aks"].includes(one.runs ?? "")) providers.add("kubernetes");
  }
  return [...providers, "every"];
}
