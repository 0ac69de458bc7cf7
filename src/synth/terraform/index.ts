import { onceForBoth } from "../../lib/once-for.ts";
import type { Environment } from "../../spec/environment.ts";
import type { File } from "../file.ts";
import { type Layout, layoutOf } from "../layout.ts";
import { type Subject, inCloud, productOf } from "../subject.ts";
import { awsOpenVariables, awsRoot } from "./aws.ts";
import { azureOpenVariables, azureRoot } from "./azure.ts";
import { gcpOpenVariables, gcpRoot } from "./gcp.ts";
import { copiedModules } from "./modules.ts";
import type { Root } from "./root.ts";

/** A root for each environment in a cloud, and the modules that they call: copied from the library, so that a team owns them. */
export function terraform(subject: Subject): readonly File[] {
  if (productOf(subject).pipeline?.infrastructure === undefined) return [];
  const environments = inCloud(subject);
  const clouds = [...new Set(environments.map(({ cloud }) => cloud))];
  return clouds.flatMap((cloud) => {
    const layout = layoutIn(subject, cloud, clouds.length);
    const roots = environments.filter((one) => one.cloud === cloud).map((one) => rootOf(subject, one, layout));
    return [...roots.flatMap(({ files }) => files), ...copiedModules(subject, layout, roots)];
  });
}

/** Modules of different clouds go by the same names: where there is more than one cloud, each has a folder of its own. */
function layoutIn(subject: Subject, cloud: Environment["cloud"], clouds: number): Layout {
  const layout = layoutOf(subject);
  return clouds < 2 ? layout : { ...layout, modules: `${layout.modules}/${cloud}` };
}

/** The variables of an environment's root that whoever applies it has to set, as TF_VAR_<name>. */
export const openVariables = onceForBoth((subject: Subject, environment: Environment): readonly string[] => {
  const layout = layoutOf(subject);
  return [
    ...gcpOpenVariables(subject, environment, layout),
    ...awsOpenVariables(subject, environment, layout),
    ...azureOpenVariables(subject, environment, layout),
  ];
});

function rootOf(subject: Subject, environment: Environment, layout: Layout): Root {
  switch (environment.cloud) {
    case "gcp":
      return gcpRoot(subject, environment, layout);
    case "aws":
      return awsRoot(subject, environment, layout);
    case "azure":
      return azureRoot(subject, environment, layout);
    case "local":
      return { files: [], modules: [] };
  }
}
