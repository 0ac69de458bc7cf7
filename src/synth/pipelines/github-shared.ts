import { isOfRepository } from "./places.ts";
import { type Input, type Job, type Value, type Values, type Workflow, isInput, partsOf, resolved } from "./model.ts";

// What is done to several environments alike is a workflow of its own, which the others call: what differs is what they give it. Who
// calls it keeps what decides whether it runs at all (needs, conditions) and what it may do at the most; the job itself has the
// environment with its reviewers, variables and secrets, so those of the caller are of no use to it.

export type Shared = {
  /** The workflows as they call what they share, and what they share. */
  readonly workflows: readonly Workflow[];
  readonly called: readonly Workflow[];
};

/** `written` is a job as it will stand there: only inputs that are read are asked for. */
export function shared(workflows: readonly Workflow[], written: (job: Job) => string): Shared {
  const groups = new Map<string, Job[]>();
  for (const job of workflows.flatMap(({ jobs }) => jobs)) {
    const shape = shapeOf(job);
    if (shape !== undefined) groups.set(shape, [...(groups.get(shape) ?? []), job]);
  }
  const called = new Map<Job, Called>();
  const several = [...groups.values()].filter(({ length }) => length > 1);
  const names = namesOf(several.flatMap(([first]) => first ?? []));
  for (const jobs of several) {
    const one = calledBy(jobs, names, written);
    for (const job of jobs) called.set(job, one);
  }
  return {
    workflows: workflows.map((workflow) => ({
      ...workflow,
      jobs: workflow.jobs.map((job) => {
        const one = called.get(job);
        return one === undefined ? resolved(job) : calling(job, one);
      }),
    })),
    called: [...new Set(called.values())].map(({ workflow }) => workflow),
  };
}

type Called = { readonly workflow: Workflow; readonly inputs: readonly string[] };

const titles = {
  plan: "Plan",
  review: "Plan for review",
  apply: "Apply",
  promote: "Images",
  release: "Release",
  drift: "Drift",
} as const;

/** What is left of a job without what differs from environment to environment: equal for jobs that can be said once. */
function shapeOf(job: Job): string | undefined {
  if (job.kind === undefined) return undefined;
  const { kind, environment, alone, rights, tools, identity, beside, each, env, steps, gives } = job;
  const said = resolved({ kind, environment, alone, rights, tools, identity, beside, each, env, steps, gives }, canBeGiven);
  return JSON.stringify(said, (_, one: unknown) => (isInput(one) ? { input: one.name } : one));
}

/** A variable or secret of an environment is known in it alone: whoever calls is in none. */
function canBeGiven(_: string, value: Value): boolean {
  return !partsOf(value).some(
    (one) => typeof one !== "string" && (one.from === "secret" || (one.from === "variable" && !isOfRepository(one.name))),
  );
}

/** Where it is called, these mean something else or nothing. */
function isOfCaller(value: Value): boolean {
  return partsOf(value).some((one) => typeof one !== "string" && ["job", "version", "commit"].includes(one.from));
}

function calledBy(jobs: readonly Job[], names: ReadonlyMap<Job, string>, written: (job: Job) => string): Called {
  const [first] = jobs as readonly [Job];
  const kind = first.kind ?? "plan";
  const values = jobs.map(inputsOf);
  const [some = new Map<string, Value>()] = values;
  const differs = ([name, value]: readonly [string, Value]): boolean =>
    isOfCaller(value) || values.some((other) => JSON.stringify(other.get(name)) !== JSON.stringify(value));
  const differing = [...some].filter(differs).map(([name]) => name);
  const minutes = jobs.some(({ timeoutMinutes }) => timeoutMinutes !== first.timeoutMinutes);
  const { comment: _, approvers: __, waitsMinutes: ___, ...rest } = first;
  const job = resolved(rest, (name) => differing.includes(name));
  const text = written(job);
  const inputs = [...differing.filter((name) => text.includes(`{{ inputs.${name} }}`)), ...(minutes ? ["minutes"] : [])];
  return {
    inputs,
    workflow: {
      id: names.get(first) ?? kind,
      title: titles[kind],
      comment: "Called for each environment; what differs between them is given to it.",
      on: [{ on: "call", inputs }],
      jobs: [{ ...job, id: kind, title: titles[kind], needs: [], when: [] }],
    },
  };
}

/** No other workflow's name begins with a line: `_plan`, and where a kind is done in more than one way, `_plan-aws`. */
function namesOf(jobs: readonly Job[]): ReadonlyMap<Job, string> {
  const names = new Map<Job, string>();
  for (const job of jobs) {
    const alike = jobs.filter(({ kind }) => kind === job.kind);
    const clouds = alike.filter(({ identity }) => identity?.cloud === job.identity?.cloud);
    const cloud = alike.length > 1 && job.identity !== undefined ? `-${job.identity.cloud}` : "";
    names.set(job, `_${job.kind ?? ""}${cloud}${clouds.length > 1 ? `-${clouds.indexOf(job) + 1}` : ""}`);
  }
  return names;
}

function inputsOf(job: Job): ReadonlyMap<string, Value> {
  const found = new Map<string, Value>();
  const visit = (one: unknown): void => {
    if (typeof one !== "object" || one === null) return;
    if (isInput(one)) return add(one);
    for (const below of Object.values(one)) visit(below);
  };
  const add = ({ name, value }: Input): void => {
    const known = found.get(name);
    if (known !== undefined && JSON.stringify(known) !== JSON.stringify(value))
      throw new RangeError(`${job.id} is given two values of ${name}`);
    if (canBeGiven(name, value)) found.set(name, value);
  };
  visit(job);
  return found;
}

/** What is left of a job where it is called. */
function calling(job: Job, { workflow, inputs }: Called): Job {
  const values = inputsOf(job);
  const given: Values = Object.fromEntries(
    inputs.map((name) => [name, name === "minutes" ? String(job.timeoutMinutes) : (values.get(name) ?? "")]),
  );
  const code = job.steps.some(({ is }) => is === "checkout");
  const secrets = JSON.stringify(job).includes('"from":"secret"');
  return {
    ...resolved(job),
    steps: [{ is: "call", workflow: workflow.id, gives: { inputs: given, secrets, code } }],
  };
}
