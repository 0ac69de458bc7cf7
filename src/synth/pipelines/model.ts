// A pipeline as plain data: what the three systems have in common. A workflow has a reason to start and jobs; a job has steps. What is
// known only while it runs is a source: each system has its own word for it, and nothing but a source ever becomes one.

export type Source =
  /** The commit that started the workflow. */
  | { readonly from: "commit" }
  /** A number of this run that no other run has. */
  | { readonly from: "run" }
  | { readonly from: "pull request" }
  /** The version that a person asked for. */
  | { readonly from: "version" }
  /** What the settings of the environment say; never a secret. */
  | { readonly from: "variable"; readonly name: string }
  | { readonly from: "secret"; readonly name: string }
  | { readonly from: "job"; readonly job: string; readonly name: string }
  /** A column of the job's table. */
  | { readonly from: "each"; readonly name: string }
  /** The host of a container beside the job. */
  | { readonly from: "host"; readonly of: string }
  /** Who vouches for keyless signatures of this pipeline, and the pattern of the identity that they bear on a branch. */
  | { readonly from: "issuer" }
  | { readonly from: "signer"; readonly branch: string }
  /** The moment at which the commit was pushed. */
  | { readonly from: "started" }
  /** What an earlier step of the same job gave. */
  | { readonly from: "own"; readonly name: string }
  | { readonly from: "tag" }
  /** How the jobs that this one needs have ended, and where to look at them. */
  | { readonly from: "status" | "link" }
  /**
   * What differs from environment to environment in jobs that do the same: a system that can say such a job once is given these, in the
   * others the value stands where the input is.
   */
  | { readonly from: "input"; readonly name: string; readonly value: Value };

export type Value = string | Source | readonly (string | Source)[];
export type Values = Readonly<Record<string, Value>>;

export type Trigger =
  | { readonly on: "push"; readonly branch: string }
  | { readonly on: "tag"; readonly pattern: string }
  /** With a label: when a pull request has it, until it is closed. */
  | { readonly on: "pull request"; readonly label?: string }
  | { readonly on: "schedule"; readonly cron: string }
  /** A person starts it, and says which version if there is a choice. */
  | { readonly on: "hand"; readonly version: boolean }
  /** Another workflow runs it as one of its jobs, and gives it these. */
  | { readonly on: "call"; readonly inputs?: readonly string[] };

export type Workflow = {
  readonly id: string;
  readonly title: string;
  readonly comment?: string;
  readonly on: readonly Trigger[];
  readonly jobs: readonly Job[];
};

export type Tool =
  | {
      readonly tool: "node" | "python" | "rust";
      readonly version: string;
      /** What its caches hang on. */ readonly lock?: string;
    }
  | { readonly tool: "terraform"; readonly version: string }
  | { readonly tool: "cosign" | "docker" | "cloud" };

/** What a job may do with the repository's own system: read code always, the rest where it needs it. */
export type Right = "identity" | "comment" | "runs";

/** A container that runs beside a job. */
export type Beside = {
  readonly name: string;
  readonly image: string;
  readonly ports: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** A command in it that fails as long as it is not ready. */
  readonly ready?: string;
};

export type Identity = {
  readonly cloud: "gcp" | "aws" | "azure";
  readonly account: Value;
  readonly project: Value;
  readonly region: Value;
};

export type Job = {
  readonly id: string;
  readonly title: string;
  readonly comment?: string;
  /** Who has to approve it before it starts. */
  readonly approvers?: string;
  readonly needs: readonly string[];
  readonly rights: readonly Right[];
  /** What it does to whatever environment it is for: jobs of one kind may be said once. */
  readonly kind?: "plan" | "review" | "apply" | "promote" | "release" | "drift";
  /** Whose variables, secrets and reviewers count. */
  readonly environment?: Value;
  /** Only one run at a time has it, and it is never broken off. */
  readonly alone?: Value;
  readonly tools: readonly Tool[];
  readonly identity?: Identity;
  readonly beside: readonly Beside[];
  readonly each?: readonly Readonly<Record<string, string>>[];
  /** Runs only when these hold; whoever needs a job that did not run goes on without it. */
  readonly when: readonly When[];
  readonly timeoutMinutes: number;
  /** How much of that it waits on purpose: while a canary bakes. */
  readonly waitsMinutes?: number;
  /** What all its steps know. */
  readonly env?: Values;
  readonly steps: readonly Step[];
  /** What it hands to other jobs. */
  readonly gives: readonly string[];
};

export type When =
  | { readonly is: "pull request" }
  /** Code of the repository itself, not of somebody's fork: a fork gets no identity. */
  | { readonly is: "own code" }
  | { readonly is: "label"; readonly label: string }
  | { readonly is: "open" | "closed" }
  | { readonly is: "given"; readonly job: string; readonly name: string; readonly value: string }
  /** Also when what it needs has failed. */
  | { readonly is: "always" | "failed" };

type Common = { readonly name: string; readonly comment?: string };

export type Run = Common & {
  readonly is: "run";
  readonly script: string;
  readonly folder?: Value;
  readonly env?: Values;
  /** Variables of the script that other jobs read, and later steps. */
  readonly gives?: readonly string[];
  /** Left out where an earlier step has given this as `true`. */
  readonly unless?: string;
  /** Only when a step before it has failed, or whatever has become of them. */
  readonly after?: "failure" | "anything";
};

export type Step =
  | Run
  | { readonly is: "checkout"; readonly at?: Value; readonly history?: boolean }
  | (Common & {
      readonly is: "image";
      readonly image: Value;
      readonly tags: readonly Value[];
      readonly context: Value;
      readonly file: Value;
      /** The stage of it that is this image. */
      readonly target: Value;
      readonly cache?: Value;
      readonly push: boolean;
      /** The commit that it is made of, which its label says. */
      readonly revision: Value;
      readonly unless?: string;
    })
  | (Common & {
      readonly is: "keep";
      readonly artifact: Value;
      readonly paths: readonly Value[];
      readonly days: number;
      readonly after?: "anything";
    })
  | (Common & { readonly is: "take"; readonly artifact: Value; readonly folder: Value })
  /** Another workflow was green for a commit; its artifact is fetched into the folder if one is named. */
  | (Common & {
      readonly is: "green";
      readonly workflow: string;
      readonly commit: Value;
      readonly artifact?: string;
      /** Where a system that has builds in the cloud's projects finds it. */
      readonly built?: { readonly project: Value; readonly region: string; readonly trigger: string };
    })
  /** A file is shown where people look who are asked to approve. */
  | (Common & { readonly is: "show"; readonly file: Value })
  /** A file becomes the one comment of that name on the pull request. */
  | (Common & { readonly is: "comment"; readonly mark: Value; readonly file: Value })
  /** All jobs of a workflow that can be called. */
  | { readonly is: "call"; readonly workflow: string; readonly gives?: Given };

/** What a called workflow is given: values for its inputs, the secrets of the environment where it reads some, and no right to the code where it reads none. */
export type Given = { readonly inputs: Values; readonly secrets: boolean; readonly code: boolean };

function isValueList(value: Value): value is readonly (string | Source)[] {
  return Array.isArray(value);
}

export function partsOf(value: Value): readonly (string | Source)[] {
  return isValueList(value) ? value : [value];
}

/** Two values, one after the other. */
export function joined(...values: readonly Value[]): Value {
  const parts = values.flatMap(partsOf).filter((one) => one !== "");
  const merged: (string | Source)[] = [];
  for (const one of parts) {
    const last = merged.at(-1);
    if (typeof one === "string" && typeof last === "string") merged[merged.length - 1] = last + one;
    else merged.push(one);
  }
  const [first = ""] = merged;
  return merged.length < 2 ? first : merged;
}

export function input(name: string, value: Value): Source {
  return { from: "input", name, value };
}

/** The same with each input for which `stays` does not hold replaced by its value. */
export function resolved<T>(given: T, stays: (name: string, value: Value) => boolean = () => false): T {
  const visit = (one: unknown): unknown => {
    if (Array.isArray(one)) {
      const parts = one.map(visit);
      return one.some(isInput) ? joined(...(parts as Value[])) : parts;
    }
    if (isInput(one)) return stays(one.name, one.value) ? one : visit(one.value);
    if (typeof one !== "object" || one === null) return one;
    return Object.fromEntries(Object.entries(one).map(([key, below]) => [key, visit(below)]));
  };
  return visit(given) as T;
}

export type Input = Extract<Source, { readonly from: "input" }>;

export function isInput(value: unknown): value is Input {
  return typeof value === "object" && value !== null && "from" in value && value.from === "input";
}

export const commit: Source = { from: "commit" };

export function variable(name: string): Source {
  return { from: "variable", name };
}

export function secret(name: string): Source {
  return { from: "secret", name };
}

export function run(name: string, script: string, more: Omit<Run, "is" | "name" | "script"> = {}): Run {
  return { is: "run", name, script, ...more };
}

/** What stands above a job: who approves it, in the words of the system, and why it is as it is. */
export function commentOf(
  { approvers, comment, environment }: Job,
  approval: (approvers: string, environment: string) => string,
): string | undefined {
  const lines = [
    ...(approvers === undefined ? [] : [approval(approvers, typeof environment === "string" ? environment : "")]),
    ...(comment === undefined ? [] : [comment]),
  ];
  return lines.length === 0 ? undefined : lines.join("\n");
}

/** What an image says of the commit that it is made of. */
export const revisionLabel = "org.opencontainers.image.revision";

const nothing = { needs: [], rights: [], tools: [], beside: [], when: [], gives: [] } as const;

export function job(id: string, title: string, given: Partial<Omit<Job, "id" | "title">> & Pick<Job, "steps">): Job {
  return { id, title, ...nothing, timeoutMinutes: 15, ...given };
}
