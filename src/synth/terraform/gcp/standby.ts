import { refName } from "../../../spec/derive.ts";
import type { File } from "../../file.ts";
import { type Entry, attribute, attributes, block, expression } from "../../text/hcl.ts";
import { rootFiles } from "./files.ts";
import { network, places, registryOf, stateBucket } from "./foundation.ts";
import type { LibraryModule } from "./modules.ts";
import { outputs } from "./outputs.ts";
import { type GoogleEnvironment, type Part, type Place, call, projectOf, region } from "./place.ts";
import { resources } from "./resources.ts";
import { services } from "./services.ts";

/**
 * A second region that costs nothing until it is needed: a root of its own, with a state of its own, which is applied when the first
 * region is lost. In the root of the first it could not be applied then, as every plan there asks the region that does not answer.
 */
export function standbyRoot(
  place: Place,
): { readonly files: readonly File[]; readonly modules: readonly LibraryModule[] } | undefined {
  const { standby } = place.environment;
  if (standby?.mode !== "cold" || place.environment.runs === "gke") return undefined;
  const there: Place = {
    ...place,
    folder: `${place.folder}/standby`,
    environment: movedTo(place.environment, standby.region),
    standby: true,
  };
  const parts = [foundation(there, place), resources(there), services(there)];
  return {
    files: rootFiles(there, parts, outputs(there), `${place.environment.environment}-standby`),
    modules: parts.flatMap(({ modules }) => modules),
  };
}

function movedTo(environment: GoogleEnvironment, region: string): GoogleEnvironment {
  const made = Object.entries(environment.resources).map(([name, one]) => {
    // What outlives the region is there already; a standby makes no dumps of its own.
    if (one.kind === "bucket" || one.kind === "kms" || one.kind === "topic") return [name, one] as const;
    if (one.kind !== "postgres") return [name, { ...one, ...renamed(environment, name) }] as const;
    const { backup, urlIn, ...rest } = one;
    const secret = refName(urlIn, "secrets");
    return [
      name,
      {
        ...rest,
        ...renamed(environment, name),
        ...(backup?.pitr === undefined ? {} : { backup: { pitr: backup.pitr } }),
        ...(secret === undefined ? {} : { urlIn }),
      },
    ] as const;
  });
  const running = Object.entries(environment.services).map(
    ([name, one]) => [name, { ...one, account: `${one.account ?? name}-standby` }] as const,
  );
  const { offHours: _, ...rest } = environment;
  return { ...rest, region, resources: Object.fromEntries(made), services: Object.fromEntries(running) };
}

/** Names of instances are the project's: the second needs its own. */
function renamed({ product, resources: all }: GoogleEnvironment, name: string): { readonly instance: string } {
  return { instance: `${all[name]?.instance ?? `${product}-${name}`}-standby` };
}

function foundation(there: Place, primary: Place): Part {
  const { environment } = there;
  return {
    file: "main.tf",
    entries: [
      block(
        "data",
        ["terraform_remote_state", "primary"],
        attributes({ backend: "gcs", config: { bucket: stateBucket(primary), prefix: primary.environment.environment } }),
        steps(there, primary),
      ),
      block("locals", [], [...attribute("primary", expression("data.terraform_remote_state.primary.outputs.for_standby"))]),
      network(there),
      ...(registryOf(environment) === undefined ? [] : [registry(there)]),
    ],
    modules: ["network", ...(registryOf(environment) === undefined ? [] : (["artifact_registry"] as const))],
    variables: places(environment),
  };
}

/** The first region's images are lost with it. */
function registry(there: Place): Entry {
  return call(there, "artifact_registry", "registry", [
    ...attributes({
      project: projectOf(there),
      location: region,
      name: registryOf(there.environment)?.name ?? "images",
      description: `Images of ${there.environment.title ?? there.subject.name}, in the second region`,
    }),
  ]);
}

function steps(there: Place, primary: Place): string {
  const { standby } = primary.environment;
  const databases = Object.entries(there.environment.resources).flatMap(([name, one]) => (one.kind === "postgres" ? [name] : []));
  const cutOver = standby?.dnsCutOver;
  return [
    `The cold standby in ${standby?.region ?? ""}. Nothing of it exists until the first region is lost. Then:`,
    ...databases.map((name) => `- restore the last backup of ${name} into a new instance there, by the name that it has below;`),
    "- terraform import the instance, its database and its user into their module;",
    "- terraform apply, which makes the rest and gives the database a new password;",
    "- build the released version into the registry there, and release it;",
    ...(cutOver === undefined ? [] : [`- ${cutOver} moves the domains to this root's address.`]),
    "What it shares with the first region lies in several, and is found in that region's state.",
  ].join("\n");
}
