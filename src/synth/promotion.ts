import type { Environment } from "../spec/environment.ts";
import { type Subject, inCloud, productOf } from "./subject.ts";

// Images are built once, for the environment that follows a branch, and copied from there to the others.

export function followsBranch({ deploy }: Environment): boolean {
  return deploy?.some(({ on }) => on === "push" || on === "merge") === true;
}

/** The environment whose registry images are built into. */
export function builtIn(subject: Subject): Environment | undefined {
  return inCloud(subject).find(followsBranch);
}

/** The environment that pull requests are shown in, where the cloud can keep a version beside the others without traffic. */
export function previewEnvironment(subject: Subject): Environment | undefined {
  return subject.environments.find((one) => one.cloud === "gcp" && one.runs !== "gke" && one.previews !== undefined);
}

/** Whether pull requests push images to an environment's registry. */
export function buildsPullRequests(subject: Subject, environment: Environment): boolean {
  const early = productOf(subject).pipeline?.images?.on?.some(({ on }) => on === "pull request") === true;
  return previewEnvironment(subject) === environment || (early && builtIn(subject) === environment);
}
