import type { File } from "../../file.ts";
import { relative } from "../../layout.ts";
import type { Subject } from "../../subject.ts";
import { type Shell, paragraphs, sh, shell } from "../sh.ts";
import { cleanUpScript } from "./clean-up.ts";
import { servicesScript } from "./cloud-run.ts";
import { deployAllScript } from "./deploy-all.ts";
import { gcloudLibrary } from "./lib.ts";
import { monitoringFiles } from "./monitoring.ts";
import { type Plan, planOf } from "./plan.ts";
import { settingsFile, settingsOf } from "./settings.ts";
import { cacheScript, databaseScript, monitoringScript, networkScript, pipelineScript, projectScript } from "./steps.ts";
import { verifyScript } from "./verify.ts";

const steps = {
  project: projectScript,
  network: networkScript,
  database: databaseScript,
  cache: cacheScript,
  services: servicesScript,
  pipeline: pipelineScript,
  monitoring: monitoringScript,
} as const;

/** Scripts that set a product up on Google Cloud with gcloud, one a part, and those around them. */
export function gcloudScripts(subject: Subject): readonly File[] {
  const plan = planOf(subject);
  if (plan === undefined) return [];
  const script = (name: string, body: Shell): File => ({
    path: `${plan.layout.scripts}/${name}`,
    text: `${paragraphs(opening, body).shell}\n`,
    executable: true,
  });
  return [
    settingsFile(plan),
    { path: `${plan.layout.scripts}/lib.sh`, text: `${paragraphs(gcloudLibrary(), whichSettings(plan)).shell}\n` },
    ...plan.parts.map(({ part, file }) => script(file, paragraphs(steps[part](plan), sh`finish`))),
    script(plan.all, deployAllScript(plan)),
    script("verify.sh", verifyScript(plan)),
    script("clean-up.sh", cleanUpScript(plan)),
    ...monitoringFiles(plan),
  ];
}

const opening = sh`
#!/usr/bin/env bash
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "\${BASH_SOURCE[0]}")/lib.sh"
`;

/** The names that the settings may have: nothing else of the shell's can be set by that file. */
function whichSettings(plan: Plan): Shell {
  const names = settingsOf(plan).map(({ settings }) => settings.map(({ key }) => key).join(" "));
  const folder = plan.settings.slice(0, plan.settings.lastIndexOf("/"));
  const file = `${relative(plan.layout.scripts, folder)}/${plan.settings.slice(folder.length + 1)}`;
  return sh`
settings_file=$(cd "$scripts" && cd "$(dirname ${file})" && pwd)/${file.slice(file.lastIndexOf("/") + 1)}
setting_names=(
  ${shell(names.join("\n  "))}
)
`;
}
