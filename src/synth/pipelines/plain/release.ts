import type { Environment } from "../../../spec/environment.ts";
import type { Subject } from "../../subject.ts";
import { type Job, type Value, job } from "../model.ts";

export function plainReleaseJob(
  _: Subject,
  environment: Environment,
  { needs }: { readonly commit: Value; readonly needs: readonly string[] },
): Job {
  return job(`release-${environment.environment}`, `Release to ${environment.environment}`, { needs, steps: [] });
}
