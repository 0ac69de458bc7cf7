import type { File } from "../file.ts";
import type { Subject } from "../subject.ts";
import { word } from "../text/shell.ts";
import { type YamlValue, noted, yaml } from "../text/yaml.ts";
import { withVersions } from "./github-actions.ts";
import { type Given, type Job, type Value, type When, type Workflow, commentOf, resolved } from "./model.ts";
import type { Context, Map } from "./context.ts";
import { shared } from "./github-shared.ts";
import { giver, literal, quoted, text } from "./github-words.ts";
import { isOfRepository } from "./places.ts";
import { stepsOf } from "./github-steps.ts";
import { commentAction } from "./github-comment.ts";

// GitHub Actions. Whatever text comes from the spec passes `literal`: only sources become expressions.

export function githubFiles(subject: Subject, workflows: readonly Workflow[]): readonly File[] {
  const nowhere = { id: "", title: "", on: [], jobs: [] };
  const { workflows: callers, called } = shared(workflows, (job) =>
    JSON.stringify(jobOf({ subject, workflow: nowhere, workflows, job })),
  );
  const files = [...callers, ...called].map((workflow, index) => ({
    path: `.github/workflows/${workflow.id}.yml`,
    text: workflowText(subject, workflow, { workflows: callers, whole: workflows[index] }),
  }));
  const comments = workflows.some(({ jobs }) => jobs.some(({ steps }) => steps.some(({ is }) => is === "comment")));
  return [...files, ...(comments ? [{ path: ".github/actions/comment/action.yml", text: yaml(commentAction) }] : [])];
}

type Around = {
  readonly workflows: readonly Workflow[];
  /** The workflow with all that it calls for its environments, unless it is what is called. */
  readonly whole: Workflow | undefined;
};

function workflowText(subject: Subject, workflow: Workflow, { workflows, whole }: Around): string {
  const asked = workflow.on.some(({ on }) => on === "pull request");
  const jobs = workflow.jobs.map((job) => ({ job, body: jobOf({ subject, workflow, workflows, job }) }));
  const needed = (whole?.jobs ?? []).map((one) => {
    const job = resolved(one);
    return { place: job.environment, text: JSON.stringify(jobOf({ subject, workflow, workflows, job })) };
  });
  const above = [workflow.comment, settingsOf(needed)].filter((one) => one !== undefined).join("\n\n");
  const body: Map = {
    name: literal(workflow.title),
    on: triggers(workflow),
    // Nobody is allowed anything but what his own job says.
    permissions: {},
    ...(asked
      ? {
          concurrency: {
            // A job of it may wait for its own kind under the workflow's name: two groups of one name would wait for each other.
            group: `runs-of-${workflow.id}-\${{ github.event.pull_request.number || github.run_id }}`,
            "cancel-in-progress": workflow.id === "ci",
          },
        }
      : {}),
    defaults: { run: { shell: "bash" } },
    jobs: Object.fromEntries(jobs.map(({ job, body: one }) => [job.id, one])),
  };
  return withVersions(spaced(yaml(above === "" ? body : noted(above, body), { plainKeys: true })));
}

/** What has to be set before the workflow can run, and where. */
function settingsOf(jobs: readonly { readonly place: Value | undefined; readonly text: string }[]): string | undefined {
  const found = new Map<string, Set<string>>();
  for (const { place, text: body } of jobs)
    for (const [, kind, name = ""] of body.matchAll(/\$\{\{ (vars|secrets)\.(\w+) \}\}/g)) {
      const general = (kind === "vars" && isOfRepository(name)) || typeof place !== "string";
      const where = general ? "the repository" : `the environment ${place}`;
      found.set(where, (found.get(where) ?? new Set()).add(`${name}${kind === "secrets" ? " (secret)" : ""}`));
    }
  if (found.size === 0) return undefined;
  return [
    "It needs these settings:",
    ...[...found].map(([where, names]) => `- of ${where}: ${[...names].toSorted().join(", ")}`),
  ].join("\n");
}

function triggers({ on, jobs }: Workflow): Map {
  const found: Record<string, YamlValue> = {};
  const crons: Map[] = [];
  for (const one of on)
    switch (one.on) {
      case "push":
        found["push"] = { branches: [pattern(one.branch)] };
        break;
      case "tag":
        found["push"] = { tags: [literal(one.pattern)] };
        break;
      case "pull request":
        found["pull_request"] =
          one.label === undefined ? null : { types: ["opened", "labeled", "synchronize", "reopened", "closed"] };
        break;
      case "schedule":
        crons.push({ cron: one.cron });
        break;
      case "hand":
        found["workflow_dispatch"] = one.version
          ? {
              inputs: {
                version: {
                  description: "Commit or release tag to deploy",
                  required: true,
                  type: "string",
                },
              },
            }
          : null;
        break;
      case "call":
        found["workflow_call"] = calledWith(one.inputs ?? [], jobs);
        break;
    }
  return { ...found, ...(crons.length === 0 ? {} : { schedule: crons }) };
}

/** What a called workflow is given, and what it hands back of what its job does. */
function calledWith(inputs: readonly string[], [job]: readonly Job[]): YamlValue {
  if (job?.kind === undefined) return null;
  const taken = inputs.map((name) => [name, { required: true, type: name === "minutes" ? "number" : "string" }]);
  const handed = job.gives.map((name) => [name, { value: `\${{ jobs.${job.id}.outputs.${name} }}` }]);
  return {
    ...(taken.length === 0 ? {} : { inputs: Object.fromEntries(taken) as Map }),
    ...(handed.length === 0 ? {} : { outputs: Object.fromEntries(handed) as Map }),
  };
}

/** A branch is meant by its name: what GitHub would take for a pattern is escaped. */
export function pattern(branch: string): string {
  return literal(branch.replace(/[*?+[\]!\\]/g, (one) => `\\${one}`));
}

function jobOf(context: Context): YamlValue {
  const { job, workflow } = context;
  const [only] = job.steps;
  const condition = conditionOf(job, workflow);
  const head: Map = {
    name: literal(job.title),
    ...(job.needs.length === 0 ? {} : { needs: job.needs.length === 1 ? job.needs[0] : [...job.needs] }),
    ...(condition === undefined ? {} : { if: condition }),
  };
  const permissions = permissionsOf(job);
  const comment = commentOf(
    job,
    (approvers, place) => `Waits until ${approvers} approve: they are the reviewers of the environment ${place}.`,
  );
  if (only?.is === "call") {
    const called = { ...head, permissions, uses: `./.github/workflows/${only.workflow}.yml`, ...given(only.gives, context) };
    return comment === undefined ? called : noted(comment, called);
  }
  const minutes = workflow.on.some((one) => one.on === "call" && one.inputs?.includes("minutes") === true);
  const body: Map = {
    ...head,
    "runs-on": "ubuntu-24.04",
    ...(job.environment === undefined ? {} : { environment: text(job.environment, job, workflow) }),
    ...(job.alone === undefined ? {} : { concurrency: { group: alone(context), "cancel-in-progress": false } }),
    permissions,
    "timeout-minutes": minutes ? "${{ inputs.minutes }}" : job.timeoutMinutes,
    ...(job.each === undefined
      ? {}
      : {
          strategy: {
            matrix: {
              include: job.each.map((row) =>
                Object.fromEntries(Object.entries(row).map(([key, value]) => [key, literal(value)])),
              ),
            },
          },
        }),
    ...(job.beside.length === 0 ? {} : { services: servicesOf(job) }),
    ...(job.gives.length === 0
      ? {}
      : { outputs: Object.fromEntries(job.gives.map((name) => [name, `\${{ steps.${giver(job, name)}.outputs.${name} }}`])) }),
    ...(job.env === undefined || Object.keys(job.env).length === 0
      ? {}
      : { env: Object.fromEntries(Object.entries(job.env).map(([key, value]) => [key, text(value, job, workflow)])) }),
    steps: stepsOf(context),
  };
  return comment === undefined ? body : noted(comment, body);
}

/** The environment's secrets are there in the job that is in it, if whoever calls hands on his own. */
function given(gives: Given | undefined, { job, workflow }: Context): Map {
  if (gives === undefined) return {};
  const inputs = Object.entries(gives.inputs).map(([name, value]) => [
    name,
    name === "minutes" ? Number(value) : text(value, job, workflow),
  ]);
  return {
    ...(inputs.length === 0 ? {} : { with: Object.fromEntries(inputs) as Map }),
    ...(gives.secrets ? { secrets: "inherit" } : {}),
  };
}

function alone({ job, workflow }: Context): string {
  const number = "${{ github.event.pull_request.number }}";
  if (job.alone === "preview") return `preview-${number}`;
  return job.alone === "images" ? `images-${number}-\${{ matrix.service }}` : text(job.alone ?? "", job, workflow);
}

function permissionsOf({ rights, steps }: Job): Map {
  const reads = steps.some((one) => one.is === "checkout" || (one.is === "call" && one.gives?.code !== false));
  return {
    ...(rights.includes("runs") ? { actions: "read" } : {}),
    ...(reads ? { contents: "read" } : {}),
    ...(rights.includes("identity") ? { "id-token": "write" } : {}),
    ...(rights.includes("comment") ? { "pull-requests": "write" } : {}),
  };
}

function conditionOf(job: Job, { jobs }: Workflow): string | undefined {
  const own = job.when.map(condition);
  if (own.length === 0 || !job.when.some(({ is }) => is === "always" || is === "failed")) {
    // A job that was not needed is skipped, and GitHub would skip all that follow it.
    if (above(job, jobs).some((one) => one.when.length > 0)) own.unshift("!failure()", "!cancelled()");
  }
  return own.length === 0 ? undefined : `\${{ ${own.join(" && ")} }}`;
}

/** All that a job needs, and what that needs in turn. */
function above(job: Job, jobs: readonly Job[]): readonly Job[] {
  const byId = new Map(jobs.map((one) => [one.id, one]));
  const found = new Set<Job>();
  const add = (one: Job): void => {
    for (const id of one.needs) {
      const needed = byId.get(id);
      if (needed === undefined || found.has(needed)) continue;
      found.add(needed);
      add(needed);
    }
  };
  add(job);
  return [...found];
}

function condition(when: When): string {
  switch (when.is) {
    case "pull request":
      return "github.event_name == 'pull_request'";
    case "own code":
      return "github.event.pull_request.head.repo.full_name == github.repository";
    case "label":
      return `contains(github.event.pull_request.labels.*.name, ${quoted(when.label)})`;
    case "open":
      return "github.event.action != 'closed'";
    case "closed":
      return "github.event.action == 'closed'";
    case "given":
      return `needs.${when.job}.outputs.${when.name} == ${quoted(when.value)}`;
    case "always":
      return "!cancelled()";
    case "failed":
      return "failure()";
  }
}

function servicesOf({ beside }: Job): Map {
  return Object.fromEntries(
    beside.map(({ name, image, ports, env, ready }) => [
      name,
      {
        image: literal(image),
        ports: [...ports],
        ...(Object.keys(env).length === 0
          ? {}
          : { env: Object.fromEntries(Object.entries(env).map(([key, value]) => [key, literal(value)])) }),
        ...(ready === undefined
          ? {}
          : { options: `--health-cmd ${word(ready)} --health-interval 5s --health-timeout 5s --health-retries 12` }),
      },
    ]),
  );
}

/** Air between what a reader looks for: the parts of a workflow, and its jobs. */
function spaced(text: string): string {
  const lines: string[] = [];
  let jobs = false;
  for (const line of text.split("\n")) {
    const before = lines.at(-1);
    const top = /^(on|permissions|concurrency|defaults|jobs):/.test(line);
    const job = jobs && /^ {2}[\w#]/.test(line) && before !== "jobs:" && !/^ {2}#/.test(before ?? "");
    if (top || job) lines.push("");
    if (line === "jobs:") jobs = true;
    lines.push(line);
  }
  return lines.join("\n");
}
