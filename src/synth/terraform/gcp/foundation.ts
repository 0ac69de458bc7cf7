import { deploysFromGitHub } from "../../subject.ts";
import { refName } from "../../../spec/derive.ts";
import { shortName } from "../../names.ts";
import { buildsPullRequests } from "../../promotion.ts";
import { type Entry, type Value, attributes, attribute, expression, gap, quoted } from "../../text/hcl.ts";
import { deployerAccount, previewers } from "./identity.ts";
import { type LibraryModule, apisOf, rolesOf } from "./modules.ts";
import {
  type GoogleEnvironment,
  type Part,
  type Place,
  type Variable,
  call,
  multiRegion,
  outputOf,
  projectOf,
  region,
} from "./place.ts";
import { networkOf } from "./services.ts";

// What everything else stands on: the project's APIs, the network, who deploys, the images, the secrets.

export function foundation(place: Place, others: readonly LibraryModule[]): Part {
  const own = ownModules(place, others);
  const all = [...others, ...own];
  const { environment, subject } = place;
  const entries: Entry[] = [
    call(
      place,
      "project_services",
      "project",
      [...attributes({ project: expression("var.project") }), ...attribute("services", lines(apis(environment, all)))],
      [
        "Whatever takes the project from here waits until its APIs are on. The first plan of a new project reads three of them already:",
        "gcloud services enable cloudresourcemanager.googleapis.com monitoring.googleapis.com serviceusage.googleapis.com",
      ].join("\n"),
    ),
  ];
  const has = (name: LibraryModule) => own.includes(name);
  if (has("network") || others.includes("network")) entries.push(network(place));
  if (has("github_identity")) entries.push(github(place, all));
  if (has("artifact_registry")) entries.push(registry(place, has("github_identity")));
  if (has("secrets"))
    entries.push(
      call(
        place,
        "secrets",
        "secrets",
        [...attributes({ project: projectOf(place), names: [...secretNames(environment)] })],
        "Each needs its first version before what reads it is started: gcloud secrets versions add <name> --data-file=-",
      ),
    );
  if (has("binary_authorization"))
    entries.push(
      call(place, "binary_authorization", "signing", [
        ...attributes({
          project: projectOf(place),
          ...(environment.standby === undefined ? { location: region } : {}),
        }),
        ...(environment.standby === undefined
          ? []
          : attribute(
              "location",
              multiRegion(environment),
              "In several regions: what is built while the first is lost is signed all the same.",
            )),
        ...attributes({
          name: shortName(`${subject.name}-built`, 63),
          signer: outputOf(place, "github_identity", "github", "deployer_member"),
          key_viewers: { planner: outputOf(place, "github_identity", "github", "planner_member") },
        }),
      ]),
    );
  if (has("gke_autopilot"))
    entries.push(
      call(place, "gke_autopilot", "cluster", [
        ...attributes({
          project: projectOf(place),
          region,
          name: environment.cluster?.name ?? shortName(subject.name, 40),
          network: networkOf(place),
          only_signed: environment.admitOnlySigned === true ? true : undefined,
          deletion_protection: environment.production === true ? undefined : false,
        }),
      ]),
    );
  return { file: "main.tf", entries, modules: own, variables: places(environment) };
}

function apis(environment: GoogleEnvironment, modules: readonly LibraryModule[]): readonly string[] {
  const more = [
    ...(environment.apis ?? []),
    ...(environment.traces?.to === "cloud" ? ["cloudtrace.googleapis.com"] : []),
    ...(environment.spending?.recommendations === undefined ? [] : ["recommender.googleapis.com"]),
  ];
  return [...new Set([...apisOf(modules), ...more])].toSorted();
}

function ownModules(place: Place, others: readonly LibraryModule[]): readonly LibraryModule[] {
  const { environment } = place;
  const gke = environment.runs === "gke";
  const modules: LibraryModule[] = ["project_services"];
  if (gke || others.includes("cloud_run_service") || others.includes("arq_cron") || others.includes("network"))
    modules.push("network");
  if (deploysFromGitHub(environment)) modules.push("github_identity");
  if (registryOf(environment) !== undefined) modules.push("artifact_registry");
  if (secretNames(environment).size > 0) modules.push("secrets");
  if (environment.admitOnlySigned === true && deploysFromGitHub(environment)) modules.push("binary_authorization");
  if (gke) modules.push("gke_autopilot");
  return modules;
}

export function network(place: Place): Entry {
  const { environment, subject } = place;
  const wanted = environment.network;
  const name = wanted?.name ?? shortName(subject.name, 40);
  return call(place, "network", "network", [
    ...attributes({
      project: projectOf(place),
      region,
      name: place.standby ? shortName(`${name}-standby`, 40) : name,
      ip_range: wanted?.range,
      nat: environment.runs === "gke" ? true : undefined,
    }),
  ]);
}

function github(place: Place, all: readonly LibraryModule[]): Entry {
  const { environment, subject } = place;
  const name = environment.environment;
  return call(
    place,
    "github_identity",
    "github",
    [
      ...attributes({
        project: projectOf(place),
        repository: environment.repository?.path ?? "",
        account_id: deployerAccount(place),
        environments: [name],
        planning: [`${name}-plan`],
        previewing: buildsPullRequests(subject, environment) ? `${name}-preview` : undefined,
      }),
      gap,
      ...attribute("roles", lines(rolesOf(all))),
    ],
    `Applied first by a person who owns the project: from then on ${subject.name}'s pipeline can be its deployer.`,
  );
}

export function stateBucket({ environment, subject }: Pick<Place, "environment" | "subject">): string {
  return environment.pipeline?.infrastructure?.state?.bucket ?? shortName(`${subject.name}-tf-state`, 63);
}

function registry(place: Place, deployed: boolean): Entry {
  const { location, name } = registryOf(place.environment) ?? { location: "us", name: "images" };
  return call(place, "artifact_registry", "registry", [
    ...attributes({
      project: projectOf(place),
      location,
      name,
      description: `Images of ${place.environment.title ?? place.subject.name}`,
      writers: deployed
        ? { deployer: outputOf(place, "github_identity", "github", "deployer_member"), ...previewers(place) }
        : undefined,
    }),
  ]);
}

/** Where the images of a project lie; the names of the old gcr.io are served by a repository of that name. */
export function registryOf(environment: GoogleEnvironment): { readonly location: string; readonly name: string } | undefined {
  const written = environment.registry ?? environment.pipeline?.images?.registry ?? "";
  const [, location, name] = /^([a-z0-9-]+)-docker\.pkg\.dev\/[^/]+\/([a-z][a-z0-9-]*)/.exec(written) ?? [];
  if (location !== undefined && name !== undefined) return { location, name };
  return /^(us\.|eu\.|asia\.)?gcr\.io\//.test(written) ? { location: "us", name: "gcr.io" } : undefined;
}

/** All but those that hold a database's address, which are made with the database. */
export function secretNames({ secrets, resources }: GoogleEnvironment): ReadonlySet<string> {
  const made = new Set(
    Object.values(resources).flatMap((one) =>
      one.kind === "postgres" && one.external !== true ? (refName(one.urlIn, "secrets") ?? []) : [],
    ),
  );
  return new Set(Object.keys(secrets).filter((name) => !made.has(name)));
}

/** A list with a line for each, as it grows. */
function lines(all: readonly string[]): Value {
  return expression(`[\n${all.map((one) => `    ${quoted(one)},\n`).join("")}  ]`);
}

/** Where everything lies. A project that is named at set-up has no value here. */
export function places(environment: GoogleEnvironment): readonly Variable[] {
  const open = environment.project.includes("<");
  const form = open ? environment.project.replace(/<[^>]*>/g, "[a-z0-9-]+") : "[a-z][a-z0-9-]{4,28}[a-z0-9]";
  return [
    {
      name: "project",
      what: open ? `The project's id, ${environment.project}: chosen at set-up.` : "The project's id.",
      type: expression("string"),
      ...(open ? {} : { value: environment.project }),
      check: {
        condition: expression(`can(regex("^${form}$", var.project))`),
        message: open
          ? `The project is named ${environment.project}.`
          : "A project id has 6 to 30 lower-case letters, digits and dashes.",
      },
    },
    {
      name: "region",
      what: "The region that everything lies in.",
      type: expression("string"),
      value: environment.region ?? environment.regions?.[0] ?? "us-central1",
    },
  ];
}
