import { cpSync, symlinkSync } from "node:fs";
import path from "node:path";
import { root } from "./gantry.ts";
import { type Project, makeProject } from "./platform.ts";

/** An example in a folder of its own, beside what examples share. */
export function makeExampleProject(name: string): Project {
  const project = makeProject(undefined);
  const above = path.dirname(project.folder);
  cpSync(path.join(root, "examples", name), project.folder, {
    recursive: true,
    filter: (file) => !/\.gantry$|node_modules|\/infra\//.test(file),
  });
  cpSync(path.join(root, "examples/shared"), path.join(above, "shared"), { recursive: true });
  symlinkSync(path.join(root, "node_modules"), path.join(above, "node_modules"));
  return project;
}
