import type { Environment } from "../../spec/environment.ts";
import type { Layout } from "../layout.ts";
import { type Subject, inCloud } from "../subject.ts";
import { openOf, rootFiles } from "./gcp/files.ts";
import { foundation } from "./gcp/foundation.ts";
import { useOf, withCalled } from "./gcp/modules.ts";
import { outputs } from "./gcp/outputs.ts";
import { type GoogleEnvironment, type Part, type Place, labelsOf } from "./gcp/place.ts";
import { resources } from "./gcp/resources.ts";
import { services } from "./gcp/services.ts";
import { standbyRoot } from "./gcp/standby.ts";
import { stateRoot } from "./gcp/state.ts";
import { watch } from "./gcp/watch.ts";
import type { Root } from "./root.ts";

export function gcpRoot(subject: Subject, environment: Environment, layout: Layout): Root {
  if (environment.cloud !== "gcp") return { files: [], modules: [] };
  const place = placeOf(subject, environment, layout);
  const parts = partsOf(place);
  const standby = standbyRoot(place);
  const modules = withCalled([...parts.flatMap((one) => one.modules), ...(standby?.modules ?? [])]);
  const first = inCloud(subject).find(({ cloud }) => cloud === "gcp") === environment;
  return {
    files: [
      ...(first ? stateRoot(place) : []),
      ...rootFiles(place, parts, outputs(place), environment.environment),
      ...(standby?.files ?? []),
    ],
    modules: modules.map((name) => useOf(place, name)),
  };
}

/** The folder of the root of what environments share, if there is one. */
export function gcpShared(subject: Subject, layout: Layout): string | undefined {
  const first = inCloud(subject).find(({ cloud }) => cloud === "gcp");
  const [file] = first?.cloud === "gcp" ? stateRoot(placeOf(subject, first, layout)) : [];
  return file?.path.slice(0, file.path.lastIndexOf("/"));
}

/** The variables of a root that whoever applies it has to set, as TF_VAR_<name>. */
export function gcpOpenVariables(subject: Subject, environment: Environment, layout: Layout): readonly string[] {
  if (environment.cloud !== "gcp") return [];
  return openOf(partsOf(placeOf(subject, environment, layout)).flatMap(({ variables = [] }) => variables));
}

function placeOf(subject: Subject, environment: GoogleEnvironment, layout: Layout): Place {
  return {
    subject,
    environment,
    layout,
    folder: layout.terraform(environment.environment),
    labels: labelsOf(environment),
  };
}

function partsOf(place: Place): readonly Part[] {
  const others = [resources(place), services(place), watch(place)];
  return [
    foundation(
      place,
      others.flatMap(({ modules }) => modules),
    ),
    ...others,
  ];
}
