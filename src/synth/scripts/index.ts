import type { File } from "../file.ts";
import type { Subject } from "../subject.ts";
import { cutOverScripts } from "./failover.ts";
import { gcloudScripts } from "./gcloud/index.ts";
import { operationsScripts } from "./operations/index.ts";
import { provisioningScripts } from "./provision.ts";
import { stateScripts } from "./state.ts";

export function scripts(subject: Subject): readonly File[] {
  return [
    ...gcloudScripts(subject),
    ...provisioningScripts(subject),
    ...cutOverScripts(subject),
    ...operationsScripts(subject),
    ...stateScripts(subject),
  ];
}
