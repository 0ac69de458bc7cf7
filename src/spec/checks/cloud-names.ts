import type { Path } from "../../lib/paths.ts";
import { shown } from "../../lib/text.ts";
import { accountRules, bucketRules, clusterRules, networkRules, resourceRules, serviceRules } from "../clouds/names.ts";
import type { NameRule } from "../clouds/names.ts";
import { databaseNameProblem, databaseUserProblem } from "../clouds/postgres-names.ts";
import { moduleNameRule, variableProblem } from "../clouds/program-names.ts";
import { imageProblem } from "../clouds/registries.ts";
import { refName } from "../derive.ts";
import type { Environment } from "../environment.ts";
import { type EnvironmentContext, entries } from "./context.ts";

/** Names that go as they are to a cloud, a cluster, a database, Terraform or a shell: what is refused there is refused here. */
export function checkCloudNames(context: EnvironmentContext): void {
  if (context.here.managed === "elsewhere") return;
  checkServiceNames(context);
  checkVariableNames(context);
  checkResourceNames(context);
  checkInfrastructureNames(context);
}

function checkServiceNames({ here, report }: EnvironmentContext): void {
  for (const [name, service] of entries(here.services)) {
    const at: Path = ["services", name];
    const deployed = service.deployment?.name ?? name;
    const rule = serviceRule(here, service.kind);
    if (rule) complain(report, deployed === name ? at : [...at, "deployment", "name"], rule.what, deployed, rule);
    if (here.cloud === "local") continue;
    // Without a word about it an account is named after its service, and whoever makes it makes the name fit.
    if (service.account !== undefined && service.account !== name)
      complain(report, [...at, "account"], `the account of ${name}`, shortOf(service.account), accountRules[here.cloud]);
    const problem = service.image === undefined ? undefined : imageProblem(service.image);
    if (problem)
      report(
        "cloud-name",
        [...at, ...(service.build?.image === undefined ? ["image"] : ["build", "image"])],
        `the image of ${name} cannot be named ${shown(service.image)}: ${problem.rule}`,
        problem.hint,
      );
  }
}

/** What stands in `env`, and the flags that are variables of a service. */
function checkVariableNames({ here, report }: EnvironmentContext): void {
  const cloudRun = runsOf(here) === "cloud run";
  for (const [name, service] of entries(here.services))
    for (const variable of Object.keys(service.env ?? {})) {
      const problem = variableProblem(variable, cloudRun);
      if (problem)
        report(
          "cloud-name",
          ["services", name, "env", variable],
          `${name} cannot be given the variable ${shown(variable)}: ${problem}`,
          "give the variable another name",
        );
    }
  for (const [flag, { variableOf }] of entries(here.flags)) {
    const service = refName(variableOf, "services");
    const problem = service === undefined ? undefined : variableProblem(flag, cloudRun);
    if (problem)
      report(
        "cloud-name",
        ["flags", flag],
        `the flag ${shown(flag)} cannot be a variable of ${service}: ${problem}`,
        "name it as a variable, as ENABLE_WEBHOOKS, or leave out variableOf",
      );
  }
}

function checkResourceNames({ here, report }: EnvironmentContext): void {
  for (const [name, resource] of entries(here.resources)) {
    if (resource.external === true) continue;
    const at: Path = ["resources", name];
    if (resource.kind === "postgres") {
      for (const [key, problemOf] of [
        ["database", databaseNameProblem],
        ["user", databaseUserProblem],
      ] as const) {
        const given = resource[key];
        const problem = given === undefined ? undefined : problemOf(given, here.cloud);
        if (problem)
          report(
            "cloud-name",
            [...at, key],
            `${name}'s ${key} cannot be named ${shown(given)}: ${problem}`,
            `give the ${key} another name`,
          );
      }
    }
    if (here.cloud === "local") continue;
    const rule = resourceRules[here.cloud][resource.kind];
    if (rule && resource.instance !== undefined)
      complain(report, [...at, "instance"], `${name}'s ${rule.what}`, resource.instance, rule);
    if (resource.kind === "bucket" && resource.bucket !== undefined) {
      const store = resource.engine === "minio" ? bucketRules.minio : bucketRules[here.cloud];
      complain(report, [...at, "bucket"], `${name}'s ${store.what}`, resource.bucket, store);
    }
  }
}

/** What the product's pipeline and an environment's own settings name. */
function checkInfrastructureNames({ here, report }: EnvironmentContext): void {
  const infrastructure = here.pipeline?.infrastructure;
  for (const [index, name] of (infrastructure?.modules?.names ?? []).entries())
    complain(report, ["pipeline", "infrastructure", "modules", "names", index], "a Terraform module", name, moduleNameRule);
  for (const [part, module] of entries(infrastructure?.modules?.makes))
    if (module)
      complain(
        report,
        ["pipeline", "infrastructure", "modules", "makes", part, "name"],
        "a Terraform module",
        module.name,
        moduleNameRule,
      );
  if (here.cloud === "local") return;
  const state = infrastructure?.state;
  if (state?.bucket !== undefined && state.in !== "terraform cloud") {
    const store = { gcs: bucketRules.gcp, s3: bucketRules.aws, azure: bucketRules.azure }[state.in];
    complain(report, ["pipeline", "infrastructure", "state", "bucket"], "the bucket of the state", state.bucket, store);
  }
  const account = accountRules[here.cloud];
  for (const [given, path] of [
    [here.pipeline?.account, ["pipeline", "account"]],
    [infrastructure?.deployer?.account, ["pipeline", "infrastructure", "deployer", "account"]],
  ] as const)
    if (given !== undefined) complain(report, path, "the account of the pipeline", shortOf(given), account);
  const cluster = clusterRules[here.runs ?? ""];
  if (cluster && here.cluster) complain(report, ["cluster", "name"], cluster.what, here.cluster.name, cluster);
  const network = networkRules[here.cloud];
  if (network && here.network?.name !== undefined)
    complain(report, ["network", "name"], network.what, here.network.name, network);
}

/** What runs it gives a service that name: on Kubernetes only a cron job's is narrower than the spec's own. */
function serviceRule(here: Environment, kind: string): NameRule | undefined {
  const runs = runsOf(here);
  if (runs === "cloud run") return kind === "cron" ? undefined : serviceRules.cloudRun;
  return kind === "cron" && ["gke", "eks", "aks"].includes(runs ?? "") ? serviceRules.cronJob : undefined;
}

function runsOf(here: Environment): string | undefined {
  return here.cloud === "local" ? undefined : here.runs;
}

/** An account may be written with its project, as an address. */
function shortOf(account: string): string {
  return account.split("@", 1)[0] ?? "";
}

function complain(report: EnvironmentContext["report"], path: Path, what: string, name: string, rule: NameRule): void {
  const problem = problemOf(name, rule);
  if (problem) report("cloud-name", path, `${what} cannot be named ${shown(name)}: ${problem}`, rule.hint);
}

function problemOf(name: string, { least, most, form, formIs, never = [] }: NameRule): string | undefined {
  if (name.length < least || name.length > most)
    return least === 1
      ? `it has ${name.length} characters, and at most ${most} are allowed`
      : `${least} to ${most} characters are allowed, not ${name.length}`;
  if (!form.test(name)) return formIs;
  return never.find(({ form: forbidden }) => forbidden.test(name))?.is;
}
