import type { File } from "../file.ts";
import { productOf, type Subject } from "../subject.ts";
import { cloudBuildFiles } from "./cloud-build.ts";
import { compileWorkflows } from "./compile.ts";
import { githubFiles } from "./github.ts";
import { gitlabFiles } from "./gitlab.ts";
import { resolved } from "./model.ts";

/** The pipeline, for each system that it runs on. */
export function pipelines(subject: Subject): readonly File[] {
  const systems = productOf(subject).pipeline?.runsOn ?? [];
  const workflows = compileWorkflows(subject);
  return systems.flatMap((system) => {
    switch (system) {
      case "github actions":
        return githubFiles(subject, workflows);
      case "gitlab ci":
        return gitlabFiles(subject, resolved(workflows));
      case "cloud build":
        return cloudBuildFiles(subject, resolved(workflows));
    }
  });
}
