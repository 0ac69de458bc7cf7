import type { Environment } from "../../spec/environment.ts";
import type { Layout } from "../layout.ts";
import type { Subject } from "../subject.ts";
import { inAws } from "./aws/accounts.ts";
import { ecsParts } from "./aws/ecs.ts";
import { eksParts } from "./aws/eks.ts";
import { type Part, type Place, placeOf } from "./aws/place.ts";
import { registryRoot } from "./aws/registry.ts";
import { settings } from "./aws/settings.ts";
import { stateRoot } from "./aws/state.ts";
import { openOf, rootOfParts } from "./aws/write.ts";
import type { Root } from "./root.ts";

export function awsRoot(subject: Subject, environment: Environment, layout: Layout): Root {
  const place = placeOf(subject, environment, layout);
  const { files, modules } = rootOfParts(place, partsOf(place));
  if (inAws(subject)[0] !== environment) return { files, modules };
  // What there is one of for all environments comes with the first.
  const registry = registryRoot(subject, layout);
  return { files: [...stateRoot(place), ...registry.files, ...files], modules: [...modules, ...registry.modules] };
}

/** The variables of a root that whoever applies it has to set, as TF_VAR_<name>. */
export function awsOpenVariables(subject: Subject, environment: Environment, layout: Layout): readonly string[] {
  if (environment.cloud !== "aws") return [];
  return openOf(partsOf(placeOf(subject, environment, layout)).flatMap(({ inputs = [] }) => inputs));
}

function partsOf(place: Place): readonly Part[] {
  return [...settings(place), ...(place.environment.runs === "eks" ? eksParts(place) : ecsParts(place))];
}
