import type { Environment } from "../../spec/environment.ts";
import { type Subject, inCloud } from "../subject.ts";

/** Runbooks are about production; their commands name it. */
export function mostWatched(subject: Subject): Environment | undefined {
  const environments = inCloud(subject);
  return environments.find((one) => one.production) ?? environments[0];
}
