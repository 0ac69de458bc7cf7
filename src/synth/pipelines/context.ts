import type { Subject } from "../subject.ts";
import type { YamlValue } from "../text/yaml.ts";
import type { Job, Workflow } from "./model.ts";

// What whoever writes a job in the words of one system has to know around it.

export type Map = { readonly [key: string]: YamlValue | undefined };

export type Context = {
  readonly subject: Subject;
  readonly workflow: Workflow;
  readonly workflows: readonly Workflow[];
  readonly job: Job;
};
