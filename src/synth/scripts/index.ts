import type { File } from "../file.ts";
import type { Subject } from "../subject.ts";
import { gcloudScripts } from "./gcloud/index.ts";
import { provisioningScripts } from "./provision.ts";

export function scripts(subject: Subject): readonly File[] {
  return [...gcloudScripts(subject), ...provisioningScripts(subject)];
}
