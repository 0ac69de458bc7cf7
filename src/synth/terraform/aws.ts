import type { Environment } from "../../spec/environment.ts";
import type { Layout } from "../layout.ts";
import type { Subject } from "../subject.ts";
import { ecsParts } from "./aws/ecs.ts";
import { eksParts } from "./aws/eks.ts";
import { placeOf } from "./aws/place.ts";
import { settings } from "./aws/settings.ts";
import { rootOfParts } from "./aws/write.ts";
import type { Root } from "./root.ts";

export function awsRoot(subject: Subject, environment: Environment, layout: Layout): Root {
  const place = placeOf(subject, environment, layout);
  const parts = place.environment.runs === "eks" ? eksParts(place) : ecsParts(place);
  return rootOfParts(place, [...settings(place), ...parts]);
}
