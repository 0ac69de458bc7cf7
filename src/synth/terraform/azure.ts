import type { Environment } from "../../spec/environment.ts";
import type { File } from "../file.ts";
import type { Layout } from "../layout.ts";
import type { Subject } from "../subject.ts";
import { hclFile } from "../text/hcl.ts";
import { mainFile } from "./azure/main.ts";
import { moduleUses } from "./azure/modules.ts";
import { outputsFile } from "./azure/outputs.ts";
import { type AzureEnvironment, planOf } from "./azure/plan.ts";
import { providersFile, versionsFile } from "./azure/providers.ts";
import { settingsOf, valuesFile, variablesFile } from "./azure/settings.ts";
import type { Root } from "./root.ts";

/** The root of an environment on Azure: AKS, PostgreSQL, MinIO and what they stand on, in one region or two. */
export function azureRoot(subject: Subject, environment: Environment, layout: Layout): Root {
  if (environment.cloud !== "azure") throw new RangeError(`${environment.environment} is not on Azure`);
  const plan = planOf(subject, environment satisfies AzureEnvironment, layout);
  const settings = settingsOf(plan);
  const folder = layout.terraform(environment.environment);
  const file = (name: string, text: string): File => ({ path: `${folder}/${name}`, text });
  return {
    files: [
      file("versions.tf", hclFile(versionsFile(plan))),
      file("providers.tf", hclFile(providersFile(plan))),
      file("main.tf", hclFile(mainFile(plan))),
      file("variables.tf", hclFile(variablesFile(settings))),
      file(layout.variables, hclFile(valuesFile(settings))),
      file("outputs.tf", hclFile(outputsFile(plan))),
    ],
    modules: moduleUses(plan),
  };
}
