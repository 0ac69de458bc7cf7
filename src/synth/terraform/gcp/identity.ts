import { deploysFromGitHub } from "../../subject.ts";
import { shortName } from "../../names.ts";
import { buildsPullRequests } from "../../promotion.ts";
import type { Value } from "../../text/hcl.ts";
import { type Place, outputOf } from "./place.ts";

// Who pipelines are here.

/** The account that only plans. */
export const plannerAccount = "tf-planner";

/** The account that shows pull requests. */
export const previewerAccount = "previewer";

export function deployerAccount({ environment, subject }: Pick<Place, "environment" | "subject">): string {
  const named = environment.pipeline?.infrastructure?.deployer?.account ?? environment.pipeline?.account;
  return shortName(named ?? `${subject.name}-deployer`, 30);
}

/** Who shows pull requests, by the name that policies have for it. */
export function previewers(place: Place): Readonly<Record<string, Value>> {
  const { environment, subject, standby } = place;
  if (standby || !deploysFromGitHub(environment) || !buildsPullRequests(subject, environment)) return {};
  return { previewer: outputOf(place, "github_identity", "github", "previewer_member") };
}
