import type { Environment } from "../../spec/environment.ts";
import type { Layout } from "../layout.ts";
import type { Subject } from "../subject.ts";
import type { Root } from "./root.ts";

export function gcpRoot(_subject: Subject, _environment: Environment, _layout: Layout): Root {
  return { files: [], modules: [] };
}
