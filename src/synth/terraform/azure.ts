import type { Environment } from "../../spec/environment.ts";
import type { File } from "../file.ts";
import type { Layout } from "../layout.ts";
import type { Subject } from "../subject.ts";
import { type Entry, hclFile } from "../text/hcl.ts";
import { subjectFiles } from "./azure/main.ts";
import { moduleUses } from "./azure/modules.ts";
import { outputsFile } from "./azure/outputs.ts";
import { type AzureEnvironment, planOf } from "./azure/plan.ts";
import { providersFile, versionsFile } from "./azure/providers.ts";
import { openOf, settingsOf, valuesFile, variablesFile } from "./azure/settings.ts";
import { backendFile } from "./azure/state.ts";
import type { Root } from "./root.ts";

/** The root of an environment on Azure: AKS, PostgreSQL, MinIO and what they stand on, in one region or two. */
export function azureRoot(subject: Subject, environment: Environment, layout: Layout): Root {
  if (environment.cloud !== "azure") throw new RangeError(`${environment.environment} is not on Azure`);
  const plan = planOf(subject, environment satisfies AzureEnvironment, layout);
  const settings = settingsOf(plan);
  const folder = layout.terraform(environment.environment);
  const all: Readonly<Record<string, readonly Entry[]>> = {
    "versions.tf": versionsFile(plan),
    "backend.tf": backendFile(plan),
    "providers.tf": providersFile(plan),
    ...subjectFiles(plan),
    "variables.tf": variablesFile(settings),
    [layout.variables]: valuesFile(settings),
    "outputs.tf": outputsFile(plan),
  };
  return {
    files: Object.entries(all).flatMap(([name, entries]): File[] =>
      entries.length === 0 ? [] : [{ path: `${folder}/${name}`, text: hclFile(entries) }],
    ),
    modules: moduleUses(plan),
  };
}

/** The variables of a root that whoever applies it has to set, as TF_VAR_<name>. */
export function azureOpenVariables(subject: Subject, environment: Environment, layout: Layout): readonly string[] {
  return environment.cloud === "azure" ? openOf(settingsOf(planOf(subject, environment, layout))) : [];
}
