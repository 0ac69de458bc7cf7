import { inCloud } from "../../subject.ts";
import type { Place } from "./place.ts";

/** One cluster an environment: the product's name is enough. Where environments share one, each has its own. */
export function namespaceOf({ subject, environment }: Place): string {
  const cluster = environment.cluster?.name;
  const beside = inCloud(subject).filter(
    (one) => one.cloud === "aws" && one.account === environment.account && one.cluster?.name === cluster,
  );
  return beside.length === 1 ? subject.name : `${subject.name}-${environment.environment}`;
}
