import { runbookPaths } from "../docs/runbooks.ts";
import { type Subject, productOf } from "../subject.ts";
import type { Links } from "./labels.ts";

const folders = {
  github: "https://github.com/<path>/blob/<branch>",
  gitlab: "https://gitlab.com/<path>/-/blob/<branch>",
} as const;

/** Where the runbooks of the repository are read; without a repository they have no address. */
export function linksOf(subject: Subject): Links {
  const { repository } = productOf(subject);
  if (repository === undefined) return () => undefined;
  const folder = folders[repository.host]
    .replace("<path>", () => repository.path)
    .replace("<branch>", () => repository.mainBranch ?? "main");
  const paths = runbookPaths(subject);
  return (runbook) => {
    const path = paths.get(runbook);
    return path === undefined ? undefined : `${folder}/${path.split("/").map(encodeURIComponent).join("/")}`;
  };
}
