import type { Environment } from "../../spec/environment.ts";
import type { Layout } from "../layout.ts";
import { type Subject, inCloud } from "../subject.ts";
import { openOf, rootFiles } from "./gcp/files.ts";
import { foundation } from "./gcp/foundation.ts";
import { useOf, withCalled } from "./gcp/modules.ts";
import { outputs } from "./gcp/outputs.ts";
import { type Part, type Place, placeOf } from "./gcp/place.ts";
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

/** The variables of a root that whoever applies it has to set, as TF_VAR_<name>. */
export function gcpOpenVariables(subject: Subject, environment: Environment, layout: Layout): readonly string[] {
  if (environment.cloud !== "gcp") return [];
  return openOf(partsOf(placeOf(subject, environment, layout)).flatMap(({ variables = [] }) => variables));
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
