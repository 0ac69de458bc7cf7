import type { Environment } from "../../spec/environment.ts";
import type { Subject } from "../subject.ts";

export function guide(subject: Subject, environments: readonly Environment[]): string {
  return `# ${subject.name}${environments.length}\n`;
}
