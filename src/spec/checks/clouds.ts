import { didYouMean, nearest } from "../../lib/nearest.ts";
import { shown } from "../../lib/text.ts";
import { awsRegions, elasticacheSizeProblem, fargateSizeProblem, rdsSizeProblem } from "../clouds/aws.ts";
import { azureDatabaseSizeProblem, azureRegions } from "../clouds/azure.ts";
import { cloudRunSizeProblem, gcpDatabaseSizeProblem, gcpRegions } from "../clouds/gcp.ts";
import { type EnvironmentContext, entries } from "./context.ts";

const regions: Readonly<Record<string, { readonly cloud: string; readonly all: readonly string[]; readonly usual: string }>> = {
  gcp: { cloud: "Google Cloud", all: gcpRegions, usual: "us-central1" },
  aws: { cloud: "AWS", all: awsRegions, usual: "us-east-1" },
  azure: { cloud: "Azure", all: azureRegions, usual: "eastus" },
};

/** Regions that exist, and a standby that does not fall with what it stands by for. */
export function checkRegions({ here, name, report }: EnvironmentContext): void {
  const known = regions[here.cloud];
  if (!known || here.cloud === "local") return;
  const { all, cloud, usual } = known;
  const look = (region: string | undefined, path: readonly (string | number)[]) => {
    if (region === undefined || all.includes(region)) return;
    const other = Object.values(regions).find((one) => one.all.includes(region));
    const guess = nearest(region, all);
    report(
      "unknown-region",
      path,
      `${cloud} has no region ${shown(region)}${other ? ` (${other.cloud} has)` : ""}`,
      guess
        ? `did you mean ${JSON.stringify(guess)}?`
        : (didYouMean(region, all) ?? `regions of ${cloud} are named like ${usual}`),
    );
  };
  look(here.region, ["region"]);
  for (const [index, region] of (here.regions ?? []).entries()) look(region, ["regions", index]);
  look(here.standby?.region, ["standby", "region"]);
  if (here.standby && here.standby.region === here.region)
    report(
      "standby-in-place",
      ["standby", "region"],
      `the standby of ${name} is in ${here.region}, where ${name} itself is`,
      "choose another region: they go down together",
    );
  checkZone(here.region, here.zone, report);
  for (const [resource, one] of entries(here.resources))
    if ("replicas" in one)
      for (const [index, replica] of (one.replicas ?? []).entries())
        look(replica.region, ["resources", resource, "replicas", index, "region"]);
}

/** Google Cloud and AWS name a zone after its region. */
function checkZone(region: string | undefined, zone: string | undefined, report: EnvironmentContext["report"]): void {
  const near = zone === undefined ? undefined : /^([a-z]+(?:-[a-z]+)+-?\d+)-?[a-z]$/.exec(zone)?.[1];
  if (region !== undefined && near !== undefined && near !== region)
    report(
      "unknown-region",
      ["zone"],
      `the zone ${zone} is in ${near}, and the region is ${region}`,
      `choose a zone of ${region}, or leave it out`,
    );
}

/** What Gantry makes in each cloud. On AWS and Google Cloud that is everything; Azure's library has no module for these. */
export function checkProvided({ here, name, report }: EnvironmentContext): void {
  if (here.cloud !== "azure" || here.managed === "elsewhere") return;
  for (const [resource, one] of entries(here.resources)) {
    if (one.external === true || ("on" in one && one.on !== undefined)) continue;
    if (one.kind === "redis" || one.kind === "topic" || one.kind === "queue")
      report(
        "missing-resource",
        ["resources", resource],
        `nothing makes the ${one.kind} ${resource} on Azure, where ${name} is`,
        `say external: true of it and make it elsewhere, leave it out there, or run ${name} on another cloud`,
      );
  }
}

/** Sizes that can be bought. */
export function checkSizes({ here, report }: EnvironmentContext): void {
  if (here.cloud === "local" || here.managed === "elsewhere") return;
  const { cloud } = here;
  const complain = (problem: { message: string; hint: string } | undefined, path: readonly (string | number)[]) => {
    if (problem) report("unknown-size", path, problem.message, problem.hint);
  };
  const database = { gcp: gcpDatabaseSizeProblem, aws: rdsSizeProblem, azure: azureDatabaseSizeProblem }[cloud];
  for (const [resource, one] of entries(here.resources)) {
    if (one.external === true) continue;
    if (one.kind === "postgres") {
      if (one.size !== undefined) complain(database(one.size), ["resources", resource, "size"]);
      for (const [index, replica] of (one.replicas ?? []).entries())
        if (replica.size !== undefined) complain(database(replica.size), ["resources", resource, "replicas", index, "size"]);
    }
    if (one.kind === "redis" && one.size !== undefined && cloud === "aws")
      complain(elasticacheSizeProblem(one.size), ["resources", resource, "size"]);
  }
  const machine =
    here.cloud === "gcp" && here.runs === "cloud run"
      ? cloudRunSizeProblem
      : here.cloud === "aws" && here.runs === "ecs"
        ? fargateSizeProblem
        : undefined;
  if (machine)
    for (const [service, { size }] of entries(here.services))
      if (size?.cpu !== undefined && size.memory !== undefined)
        complain(machine(size.cpu, size.memory), ["services", service, "size"]);
}
