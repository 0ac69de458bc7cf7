import { UserError } from "../lib/errors.ts";
import { compose } from "./compose/index.ts";
import { docker } from "./docker/index.ts";
import { docs } from "./docs/index.ts";
import type { File } from "./file.ts";
import { kubernetes } from "./kubernetes/index.ts";
import { plainPath } from "./layout.ts";
import { marked } from "./marked.ts";
import { monitoring } from "./monitoring/index.ts";
import { pipelines } from "./pipelines/index.ts";
import { policies } from "./policies/index.ts";
import { scripts } from "./scripts/index.ts";
import { type Subject, completed } from "./subject.ts";
import { terraform } from "./terraform/index.ts";

export type { File } from "./file.ts";
export type { Subject } from "./subject.ts";
export { type Unwatched, unwatched } from "./monitoring/unwatched.ts";

type Family = (subject: Subject) => readonly File[];

const families: Readonly<Record<string, Family>> = {
  terraform,
  kubernetes,
  compose,
  docker,
  monitoring,
  pipelines,
  scripts,
  policies,
  docs,
};

/** Every file of the product's repository that follows from its spec, by path. */
export function synth(given: Subject): readonly File[] {
  const subject = completed(given);
  const files = new Map<string, { readonly file: File; readonly family: string }>();
  for (const [family, write] of Object.entries(families))
    for (const written of write(subject)) {
      const file = { ...written, path: plainPath(written.path) };
      const known = files.get(file.path);
      if (known) throw clash(file.path, known.family, family);
      files.set(file.path, { file: subject.plain ? file : marked(file), family });
    }
  return [...files.values()].map(({ file }) => file).toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

function clash(path: string, one: string, other: string): UserError {
  const who = one === other ? `two of the files of ${one} are` : `files of ${one} and of ${other} are`;
  return new UserError("same-file", `${who} to be at ${path}`, {
    hint: "give one of them another path or name in the spec: an environment, a policy or a part of `files` or `pipeline` leads there",
  });
}
