import type { Actor } from "../delivery/machine.ts";
import type { Given, Option } from "./command.ts";

/** Of commands that say something in somebody's name. */
export const asOption: Option = {
  type: "string",
  placeholder: "who",
  help: "who says it, as the roles of the spec name their members; else GANTRY_ACTOR, the pipeline, or who is logged in here",
};

/** Who says it, where that is told; else it is whoever is logged in on this machine. */
export function whoAsks({ options }: Pick<Given, "options">, env: NodeJS.ProcessEnv = process.env): { readonly by?: Actor } {
  const named = typeof options["as"] === "string" ? options["as"] : env["GANTRY_ACTOR"];
  if (named !== undefined && named !== "") return { by: { kind: "person", name: named } };
  const pipeline = env["GITHUB_WORKFLOW_REF"] ?? env["CI_CONFIG_REF_URI"] ?? env["BUILD_TRIGGER_ID"];
  if (env["CI"] !== undefined && pipeline !== undefined && pipeline !== "") return { by: { kind: "ci", name: pipeline } };
  return {};
}
