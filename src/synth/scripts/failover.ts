import type { Environment } from "../../spec/environment.ts";
import type { File } from "../file.ts";
import { type Subject, inCloud } from "../subject.ts";
import { dnsCutOverGcp } from "./dns-gcp.ts";

/** Where another region stands by: the script that sends traffic there and back. */
export function cutOverScripts(subject: Subject): readonly File[] {
  const found = new Map<string, File>();
  for (const environment of inCloud(subject)) {
    const path = environment.standby?.dnsCutOver;
    if (path === undefined || found.has(path)) continue;
    const text = cutOver(environment, path.slice(path.lastIndexOf("/") + 1));
    if (text !== undefined) found.set(path, { path, text, executable: true });
  }
  return [...found.values()];
}

function cutOver(environment: Environment, name: string): string | undefined {
  switch (environment.cloud) {
    case "gcp":
      return dnsCutOverGcp(environment, name);
    default:
      return undefined;
  }
}
