import { listed } from "../../lib/text.ts";
import { refName } from "../../spec/derive.ts";
import type { Environment } from "../../spec/environment.ts";
import { type Layout, layoutOf } from "../layout.ts";
import { type Subject, inCloud } from "../subject.ts";
import { word } from "../text/shell.ts";
import { block, code, heading, list, page, text } from "../text/markdown.ts";
import { findInstance, lookAt, reach } from "./commands.ts";
import { promoteIn, reachCluster, startWaiting } from "./commands-of-recovery.ts";
import { applyLines } from "./deployment.ts";
import { placeText, resourceTitle } from "./words.ts";

export type RunbookPage = { readonly title: string; readonly text: string };

/** For each environment that another region stands by for: how that takes over. */
export function failoverPages(subject: Subject): readonly RunbookPage[] {
  const layout = layoutOf(subject);
  return inCloud(subject).flatMap((one) => {
    if (one.standby === undefined) return [];
    const title = `Failover of ${one.environment} to ${one.standby.region}`;
    return [{ title, text: failoverPage(layout, one, title) }];
  });
}

const modes = {
  cold: "nothing runs there until it is needed: backups and copies of files lie there, and the infrastructure is made from its code",
  warm: "the data is copied there all the time; what runs is started when it is needed",
  hot: "everything runs there already, and only traffic has to be moved",
} as const;

function failoverPage(layout: Layout, environment: Environment, title: string): string {
  const { standby } = environment;
  if (standby === undefined) return "";
  const stores = (standby.of ?? []).flatMap((reference) => {
    const name = refName(reference, "resources");
    const resource = name === undefined ? undefined : environment.resources[name];
    return name === undefined || resource === undefined ? [] : [{ name, resource }];
  });
  const databases = stores.filter(({ resource }) => resource.kind === "postgres");
  const buckets = stores.filter(({ resource }) => resource.kind === "bucket");
  const replicated = databases.filter(({ resource }) => hasReplicaIn(resource, standby.region));
  const drills = Object.entries(environment.exercises).filter(([, one]) => "does" in one && one.does === "failover");
  let number = 0;
  const step = (words: string) => `## ${++number}. ${words}`;
  return page([
    heading(1, title),
    `${text(environment.environment)} runs on ${placeText(environment)}. The standby in ${code(standby.region)} is ${standby.mode}: ${modes[standby.mode]}.`,
    stores.length === 0 ? undefined : list(stores.map(({ name, resource }) => text(resourceTitle(name, resource, environment)))),
    step("Decide"),
    "A person decides. A failover loses what the standby has not yet got: look at the cloud's status page, at the alerts, and at how old the copy is.",
    block("sh", [
      ...reach(environment),
      ...databases.flatMap(({ name, resource }) => [
        ...findInstance(environment, name, resource),
        ...lookAt(environment, name, resource),
      ]),
    ]),
    step("Keep the old region from writing"),
    "As long as somebody may still write there, two regions can differ. Where the old region still answers, stop its services; where it does not, go on, and do not let it come back by itself.",
    ...databaseSteps(
      environment,
      { databases, replicated, region: standby.region, ownRoot: ownRootOf(layout, environment) },
      step,
    ),
    ...(buckets.length === 0
      ? []
      : [
          step("Files"),
          `What ${listed(buckets.map(({ name }) => code(name)))} held is in ${code(standby.region)} already, but for the last minutes. From now on the copy there is the one that is written to.`,
        ]),
    ...(standby.mode === "hot" && startWaiting(environment).length === 0
      ? []
      : [step("Start the services there"), ...startParts(layout, environment, standby.region)]),
    step("Send traffic there"),
    ...(standby.dnsCutOver === undefined
      ? ["Point the names of the environment to the new region."]
      : [
          "The script moves the names, after it has asked whether the new region answers.",
          block("sh", [`./${word(standby.dnsCutOver)}${cutOverOptions(environment)}`]),
        ]),
    step("Look"),
    list([
      ...environment.hosts.map(
        ({ host, service }) => `${code(`https://${host}${environment.services[service]?.health?.path ?? "/"}`)} answers`,
      ),
      "no alert fires that did not before",
      "jobs at set times run in one region only",
    ]),
    step("Going back"),
    "The old region gets a replica of the new one, catches up, and then the same runbook is followed in the other direction, at a quiet hour. There is no hurry.",
    standby.scripts === undefined ? undefined : `The scripts for this are in ${code(`${standby.scripts}/`)}.`,
    drills.length === 0
      ? undefined
      : `Rehearsed: ${listed(drills.map(([name, one]) => `${text(name)}${"schedule" in one && one.schedule !== undefined ? ` (${code(one.schedule)} UTC)` : ""}`))}.`,
  ]);
}

type Stores = readonly { readonly name: string; readonly resource: Environment["resources"][string] }[];

function databaseSteps(
  environment: Environment,
  {
    databases,
    replicated,
    region,
    ownRoot,
  }: { readonly databases: Stores; readonly replicated: Stores; readonly region: string; readonly ownRoot: string | undefined },
  step: (words: string) => string,
): readonly string[] {
  if (replicated.length > 0)
    return [
      step("Make the replica the database"),
      "It becomes a database of its own, and is no replica any more.",
      block("sh", promoteIn(environment, region)),
    ];
  if (databases.length === 0) return [];
  const newest = "No replica is there, so it is made from the newest backup";
  return [
    step("Restore the database there"),
    ownRoot === undefined
      ? `${newest}: see the runbook of the recovery.`
      : `${newest}, by the name that the code in ${code(`${ownRoot}/`)} has for it, and imported there: what has to be done stands at the top of that code.`,
  ];
}

/** A cold standby on Google Cloud has a root of its own beside the first region's. */
function ownRootOf(layout: Layout, { cloud, standby, ...environment }: Environment): string | undefined {
  const cold = cloud === "gcp" && standby?.mode === "cold" && "runs" in environment && environment.runs !== "gke";
  return cold ? `${layout.terraform(environment.environment)}/standby` : undefined;
}

function hasReplicaIn(resource: Environment["resources"][string], region: string): boolean {
  return "replicas" in resource && (resource.replicas ?? []).some((one) => one.region === region);
}

function startParts(layout: Layout, environment: Environment, region: string): readonly string[] {
  const waiting = startWaiting(environment);
  if (waiting.length > 0)
    return [
      `What answers requests runs in ${code(region)} already; jobs and workers wait there, because they may run in one region only. Now they begin.`,
      block("sh", [...reachCluster(environment, region), ...waiting]),
    ];
  const root = ownRootOf(layout, environment);
  if (root === undefined)
    return [
      `What runs in ${text(environment.environment)} is deployed to ${code(region)} from the same files, in the same version.`,
    ];
  return [
    `The infrastructure in ${code(region)} has a folder of its own; the plan has to show that it only adds. It gets the version that runs in ${text(environment.environment)}.`,
    block("sh", applyLines(layout, root)),
  ];
}

/** The scripts for Google and AWS find both places by themselves; elsewhere a load balancer has the address that its cloud gave it. */
function cutOverOptions({ cloud, environment, standby }: Environment): string {
  if (cloud === "gcp") return "";
  const to = cloud === "aws" && standby !== undefined ? word(standby.region) : '"‹the load balancer there›"';
  return ` --environment=${word(environment)} --to=${to}`;
}
