import type { File } from "../file.ts";
import type { Subject } from "../subject.ts";
import { type YamlValue, noted, yaml } from "../text/yaml.ts";
import { type Job, type Trigger, type Value, type Workflow, commentOf, partsOf } from "./model.ts";
import { runtimeOf } from "./runtime.ts";
import { indented } from "./scripts.ts";
import type { Context, Map } from "./context.ts";
import { block, dollars, exported, inPattern, nameOf, text } from "./gitlab-words.ts";
import { identityOf } from "./gitlab-identity.ts";
import { prelude, scriptOf } from "./gitlab-script.ts";
import { commentScript } from "./gitlab-comment.ts";

// GitLab CI: one pipeline, of which each workflow is a part with rules of its own. Text from the spec stands in `variables` with its
// dollars doubled, and in `script` as the command that it is: GitLab evaluates nothing there.

export function gitlabFiles(subject: Subject, workflows: readonly Workflow[]): readonly File[] {
  const parts = workflows.map((workflow) => ({
    path: `.gitlab/ci/${workflow.id}.yml`,
    text: spaced(yaml(partOf(subject, workflow, workflows))),
  }));
  const comments = workflows.some(({ jobs }) => jobs.some(({ steps }) => steps.some(({ is }) => is === "comment")));
  return [
    { path: ".gitlab-ci.yml", text: spaced(yaml(rootOf(workflows))) },
    ...parts,
    ...(comments ? [{ path: ".gitlab/ci/comment.sh", text: commentScript, executable: true }] : []),
  ];
}

function rootOf(workflows: readonly Workflow[]): YamlValue {
  const byHand = workflows.filter(({ on }) => on.some((one) => one.on === "hand"));
  const versions = byHand.some(({ on }) => on.some((one) => one.on === "hand" && one.version));
  return {
    stages: ["check", "deploy"],
    workflow: {
      rules: [
        { if: '$CI_PIPELINE_SOURCE == "merge_request_event"' },
        ...workflows
          .flatMap(({ id, on }) => on.flatMap((one) => ruleOf(one, id) ?? []))
          .filter((one, index, all) => all.indexOf(one) === index && !one.includes("merge_request"))
          .map((one) => ({ if: one })),
      ],
    },
    ...(byHand.length === 0
      ? {}
      : {
          variables: {
            RUN: { value: "", options: ["", ...byHand.map(({ id }) => id)], description: "What to run" },
            ...(versions ? { VERSION: { value: "", description: "Commit or release tag to deploy" } } : {}),
          },
        }),
    include: workflows.map(({ id }) => ({ local: `.gitlab/ci/${id}.yml` })),
  };
}

function ruleOf(trigger: Trigger, id: string): string | undefined {
  switch (trigger.on) {
    case "push":
      return `$CI_PIPELINE_SOURCE == "push" && $CI_COMMIT_BRANCH == ${JSON.stringify(trigger.branch)}`;
    case "tag":
      return `$CI_COMMIT_TAG =~ /^${trigger.pattern.split("*").map(inPattern).join(".*")}$/`;
    case "pull request":
      return trigger.label === undefined
        ? '$CI_PIPELINE_SOURCE == "merge_request_event"'
        : `$CI_PIPELINE_SOURCE == "merge_request_event" && $CI_MERGE_REQUEST_LABELS =~ /(^|,)${inPattern(trigger.label)}(,|$)/`;
    case "schedule":
      return `$CI_PIPELINE_SOURCE == "schedule" && $RUN == "${id}"`;
    case "hand":
      return `$CI_PIPELINE_SOURCE == "web" && $RUN == "${id}"`;
    case "call":
      return undefined;
  }
}

function partOf(subject: Subject, workflow: Workflow, workflows: readonly Workflow[]): YamlValue {
  const jobs: [string, YamlValue][] = [];
  for (const job of workflow.jobs) {
    if (job.steps.some(({ is }) => is === "call")) continue;
    const context = { subject, workflow, workflows, job };
    const endings = job.when.some(({ is }) => is === "always")
      ? (["success", "failure"] as const)
      : job.when.some(({ is }) => is === "failed")
        ? (["failure"] as const)
        : [undefined];
    for (const ending of endings)
      jobs.push([
        nameOf(workflow, job) + (endings.length > 1 && ending === "failure" ? "-of-failure" : ""),
        jobOf(context, ending),
      ]);
  }
  const crons = workflow.on.flatMap((one) => (one.on === "schedule" ? [one.cron] : []));
  const map: YamlValue = Object.fromEntries(jobs);
  return crons.length === 0
    ? map
    : noted(`Scheduled in the project's settings: ${crons.join(" and ")} (UTC), with the variable RUN=${workflow.id}.`, map);
}

/** A called workflow's jobs run whenever those that call it do. */
function rulesOf({ workflow, workflows, job }: Context, ending: "success" | "failure" | undefined): readonly YamlValue[] {
  const callers = workflows.filter(({ jobs }) =>
    jobs.some(({ steps }) => steps.some((one) => one.is === "call" && one.workflow === workflow.id)),
  );
  const asked = job.when.some(({ is }) => is === "pull request" || is === "own code" || is === "open" || is === "label");
  const triggers = [
    ...workflow.on.map((trigger) => ({ trigger, id: workflow.id })),
    ...(asked ? [] : callers.flatMap((one) => one.on.map((trigger) => ({ trigger, id: one.id })))),
  ];
  const own = job.when.some(({ is }) => is === "own code") ? " && $CI_MERGE_REQUEST_SOURCE_PROJECT_ID == $CI_PROJECT_ID" : "";
  const when =
    ending === "failure"
      ? { when: "on_failure" }
      : job.when.some(({ is }) => is === "closed")
        ? { when: "manual", allow_failure: true }
        : {};
  return triggers
    .flatMap(({ trigger, id }) => (asked && trigger.on !== "pull request" ? [] : (ruleOf(trigger, id) ?? [])))
    .map((rule) => ({ if: rule + own, ...when }));
}

function needsOf({ workflow, workflows, job }: Context): readonly YamlValue[] {
  return job.needs.flatMap((id): readonly YamlValue[] => {
    const needed = workflow.jobs.find((one) => one.id === id);
    const call = needed?.steps.find(({ is }) => is === "call");
    if (call?.is !== "call") return [`${workflow.id}:${id}`];
    const called = workflows.find((one) => one.id === call.workflow);
    return (called?.jobs ?? []).filter(({ when }) => when.length === 0).map((one) => `${call.workflow}:${one.id}`);
  });
}

function jobOf(context: Context, ending: "success" | "failure" | undefined): YamlValue {
  const { job, workflow } = context;
  const { image, installs } = runtimeOf(job);
  const { variables, exports } = variablesOf(context, ending);
  const identity = identityOf(context);
  const script: YamlValue[] = [...prelude(context), ...job.steps.flatMap((step) => scriptOf(step, context, exports))];
  if (job.steps.some((one) => one.is === "run" && one.after === "anything")) {
    script.unshift("failed=0");
    script.push('exit "$failed"');
  }
  const artifacts = artifactsOf(context);
  const tidy = job.steps.flatMap((one) =>
    one.is === "run" && one.after === "failure"
      ? [
          block(
            `if [ "$CI_JOB_STATUS" = failed ]; then\n${indented([...exported(one.env ?? {}, exports), one.script].join("\n"))}\nfi`,
          ),
        ]
      : [],
  );
  const notice = ending !== undefined;
  const body: Map = {
    stage: notice ? ".post" : workflow.id === "ci" ? "check" : "deploy",
    rules: rulesOf(context, ending),
    ...(notice ? {} : { needs: needsOf(context) }),
    image: /^(public\.ecr\.aws|hashicorp)\//.test(image) ? { name: image, entrypoint: [""] } : image,
    ...servicesOf(job),
    ...(job.environment === undefined ? {} : { environment: environmentOf(job) }),
    ...(job.alone === undefined ? {} : { resource_group: alone(text(job.alone)) }),
    ...(job.each === undefined
      ? {}
      : {
          parallel: {
            matrix: job.each.map((row) =>
              Object.fromEntries(Object.entries(row).map(([key, value]) => [`EACH_${key.toUpperCase()}`, dollars(value)])),
            ),
          },
        }),
    timeout: `${job.timeoutMinutes} minutes`,
    interruptible: workflow.id === "ci",
    ...(Object.keys(identity.tokens).length === 0 ? {} : { id_tokens: identity.tokens }),
    variables: { ...gitOf(job), ...cachesOf(job).variables, ...identity.variables, ...variables },
    ...(cachesOf(job).cache.length === 0 ? {} : { cache: cachesOf(job).cache }),
    ...(installs.length + identity.script.length === 0 ? {} : { before_script: [...installs, ...identity.script] }),
    script,
    ...(tidy.length === 0 ? {} : { after_script: tidy }),
    ...(Object.keys(artifacts).length === 0 ? {} : { artifacts }),
  };
  const clean = Object.keys(body["variables"] as Map).length === 0 ? { ...body, variables: undefined } : body;
  const comment = commentOf(job, (approvers, place) => `Waits until ${approvers} approve: ${place} is a protected environment.`);
  return comment === undefined ? clean : noted(comment, clean);
}

function alone(group: string): string {
  return group === "preview" || group === "images" ? `${group}-$CI_MERGE_REQUEST_IID` : group;
}

function environmentOf(job: Job): YamlValue {
  if (job.id === "preview") return { name: "preview/$CI_MERGE_REQUEST_IID", on_stop: "preview:end" };
  if (job.when.some(({ is }) => is === "closed")) return { name: "preview/$CI_MERGE_REQUEST_IID", action: "stop" };
  const name = text(job.environment ?? "");
  return job.id.startsWith("release-") ? { name } : { name, action: "prepare" };
}

function gitOf({ steps }: Job): Map {
  const checkout = steps.find(({ is }) => is === "checkout");
  if (checkout?.is !== "checkout") return { GIT_STRATEGY: "none" };
  return checkout.history === true ? { GIT_DEPTH: "0" } : {};
}

function servicesOf({ beside, tools }: Job): Map {
  const services: YamlValue[] = beside.map(({ name, image, env }) => ({
    name: image,
    alias: name,
    ...(Object.keys(env).length === 0
      ? {}
      : { variables: Object.fromEntries(Object.entries(env).map(([key, value]) => [key, dollars(value)])) }),
  }));
  if (tools.some(({ tool }) => tool === "docker")) services.push({ name: "docker:28-dind", alias: "docker" });
  return services.length === 0 ? {} : { services };
}

function cachesOf({ tools }: Job): { readonly variables: Map; readonly cache: readonly YamlValue[] } {
  const variables: Record<string, string> = {};
  const cache: YamlValue[] = [];
  for (const tool of tools) {
    if (!("lock" in tool) || tool.lock === undefined) continue;
    const { key, folder } = {
      node: { key: "npm_config_cache", folder: ".npm" },
      python: { key: "PIP_CACHE_DIR", folder: ".pip" },
      rust: { key: "CARGO_HOME", folder: ".cargo" },
    }[tool.tool];
    variables[key] = `$CI_PROJECT_DIR/${folder}`;
    cache.push({ key: { files: [tool.lock] }, paths: [`${folder}/`] });
  }
  return { variables, cache };
}

type Variables = { readonly variables: Map; readonly exports: ReadonlySet<string> };

/** What all steps agree on stands once, above them; a value that is only known in the job, or differs, stands before its step. */
function variablesOf({ job }: Context, ending: "success" | "failure" | undefined): Variables {
  const found = new Map<string, Set<string>>();
  const add = (key: string, value: Value) => {
    const known = found.get(key) ?? new Set();
    known.add(partsOf(value).some((one) => typeof one !== "string" && one.from === "own") ? "\u0000" : text(value, ending));
    found.set(key, known);
  };
  for (const [key, value] of Object.entries(job.env ?? {})) add(key, value);
  for (const step of job.steps) {
    if (step.is === "run") for (const [key, value] of Object.entries(step.env ?? {})) add(key, value);
    if (step.is === "green") add("COMMIT", step.commit);
  }
  const variables: Record<string, string> = {};
  const exports = new Set<string>();
  for (const [key, values] of found) {
    const [only] = values;
    if (values.size > 1 || only === undefined || only === "\u0000") exports.add(key);
    // A variable of the project that goes by the same name is there without being said again.
    else if (only !== `$${key}`) variables[key] = only;
  }
  return { variables, exports };
}

function artifactsOf({ job }: Context): Map {
  const kept = job.steps.flatMap((one) => (one.is === "keep" ? [one] : []));
  const days = Math.max(0, ...kept.map((one) => one.days));
  return {
    ...(kept.length === 0 ? {} : { paths: kept.flatMap(({ paths }) => paths), expire_in: `${days} days` }),
    ...(kept.some(({ after }) => after === "anything") ? { when: "always" } : {}),
    ...(job.gives.length === 0 ? {} : { reports: { dotenv: "outputs.env" } }),
  };
}

function spaced(content: string): string {
  const lines: string[] = [];
  for (const line of content.split("\n")) {
    const noted = lines.at(-1)?.startsWith("#") === true;
    if (/^\S/.test(line) && lines.length > 0 && lines.at(-1) !== "" && !noted) lines.push("");
    lines.push(line);
  }
  return lines.join("\n");
}
