import { identifier } from "../names.ts";
import { inDoubleQuotes, word } from "../text/shell.ts";
import { type Job, type Source, type Value, type Workflow, partsOf } from "./model.ts";

// The words of GitLab CI: how a value stands in `variables`, and how in a script.

export function inPattern(given: string): string {
  return given.replace(/[.*+?^$()|[\]{}\\/]/g, (one) => `\\${one}`);
}

export function nameOf({ id }: Workflow, job: Job): string {
  return `${id}:${job.id}`;
}

export function exported(env: Readonly<Record<string, Value>>, exports: ReadonlySet<string>): readonly string[] {
  return Object.entries(env).flatMap(([key, value]) => (exports.has(key) ? [`export ${key}="${inShell(value)}"`] : []));
}

export function inShell(value: Value): string {
  return partsOf(value)
    .map((one) => (typeof one === "string" ? inDoubleQuotes(one) : one.from === "own" ? `$${one.name}` : expression(one)))
    .join("");
}

/** One word of a script. */
export function shellWord(value: Value): string {
  return typeof value === "string" ? word(value) : `"${inShell(value)}"`;
}

export function outputName(job: string, name: string): string {
  return `${identifier(job)}_${identifier(name)}`.toUpperCase();
}

export function block(script: string): string {
  return script.includes("\n") ? `${script}\n` : script;
}

export function text(value: Value, ending?: "success" | "failure"): string {
  return partsOf(value)
    .map((one) => (typeof one === "string" ? dollars(one) : one.from === "status" ? (ending ?? "") : expression(one)))
    .join("");
}

/** GitLab expands what follows a dollar in a variable's value; doubled, it stays one. */
export function dollars(given: string): string {
  return given.replaceAll("$", () => "$$");
}

function expression(source: Source): string {
  switch (source.from) {
    case "commit":
      return "$CI_COMMIT_SHA";
    case "run":
      return "$CI_PIPELINE_ID";
    case "pull request":
      return "$CI_MERGE_REQUEST_IID";
    case "version":
      return "$VERSION";
    case "tag":
      return "$CI_COMMIT_TAG";
    case "variable":
    case "secret":
      return `$${identifier(source.name)}`;
    case "job":
      return `$${outputName(source.job, source.name)}`;
    case "each":
      return `$EACH_${source.name.toUpperCase()}`;
    case "host":
      return source.of;
    case "issuer":
      return "$CI_SERVER_URL";
    case "signer":
      return `^$CI_PROJECT_URL//\\.gitlab-ci\\.yml@refs/heads/${dollars(inPattern(source.branch))}$$`;
    case "started":
      return "$CI_PIPELINE_CREATED_AT";
    case "own":
      return `$${source.name}`;
    case "status":
      return "$CI_JOB_STATUS";
    case "link":
      return "$CI_PIPELINE_URL";
    case "input":
      return inShell(source.value);
  }
}
