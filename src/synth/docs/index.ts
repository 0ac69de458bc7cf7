import type { File } from "../file.ts";
import type { Subject } from "../subject.ts";
import { contributing } from "./contributing.ts";
import { gitFiles } from "./git-files.ts";
import { guide } from "./guide.ts";
import { runbooks } from "./runbooks.ts";

/** What people read: the README of the infrastructure, the runbooks, how to work on it; and what git is told of the files. */
export function docs(subject: Subject): readonly File[] {
  return [...guide(subject), ...runbooks(subject), ...contributing(subject), ...gitFiles(subject)];
}
