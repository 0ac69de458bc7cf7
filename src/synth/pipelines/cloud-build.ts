import { durationMs } from "../../lib/quantities.ts";
import type { File } from "../file.ts";
import { identifier, slug } from "../names.ts";
import { productOf, type Subject } from "../subject.ts";
import { word } from "../text/shell.ts";
import { type YamlValue, noted, yaml } from "../text/yaml.ts";
import {
  type Job,
  type Step,
  type Trigger,
  type Value,
  type Workflow,
  commentOf,
  partsOf,
  resolved,
  revisionLabel,
} from "./model.ts";
import { bare, inFolder, runtimeOf, unless } from "./runtime.ts";
import { indented } from "./scripts.ts";
import { compileWorkflows } from "./compile.ts";
import { type Used, escaped, inShell, outputs, shellWord, substituted } from "./cloud-build-words.ts";

// Cloud Build: a file a workflow, whose trigger is made where the project is set up. A job is one step: its commands stand in `script`,
// where Cloud Build substitutes nothing; what is known only then comes in by `env`, where a dollar of the spec's own is doubled.

type Tree = { readonly [key: string]: YamlValue | undefined };

type Context = {
  readonly subject: Subject;
  readonly workflow: Workflow;
  readonly workflows: readonly Workflow[];
  readonly used: Used;
};

export function cloudBuildFiles(subject: Subject, workflows: readonly Workflow[]): readonly File[] {
  const { file = "cloudbuild.yaml" } = productOf(subject).pipeline ?? {};
  const [main] = [...workflows.filter(({ on }) => on.some((one) => one.on === "push")), ...workflows];
  return workflows.map((workflow) => ({
    path:
      workflow === main ? file : file.replace(/(\.ya?ml)?$/, (ending) => `-${workflow.id}${ending === "" ? ".yaml" : ending}`),
    text: yaml(buildOf({ subject, workflow, workflows, used: { substitutions: new Set(), secrets: new Set() } })),
  }));
}

/** What the builds of a product ask whoever sets them up for: substitutions, and secrets of the project. */
export function cloudBuildNeeds(subject: Subject): {
  readonly substitutions: readonly string[];
  readonly secrets: readonly string[];
} {
  const workflows = resolved(compileWorkflows(subject));
  const used: Used = { substitutions: new Set(), secrets: new Set() };
  for (const workflow of workflows) buildOf({ subject, workflow, workflows, used });
  // These are said by whoever starts a build.
  for (const one of ["_VERSION", "_PR_NUMBER"]) used.substitutions.delete(one);
  return { substitutions: [...used.substitutions].toSorted(), secrets: [...used.secrets].map(secretName).toSorted() };
}

function secretName(name: string): string {
  return slug(name.replaceAll("_", "-"));
}

const cloudImage = "gcr.io/google.com/cloudsdktool/google-cloud-cli:stable";

function buildOf(context: Context): YamlValue {
  const { subject, workflow, used } = context;
  const pipeline = productOf(subject).pipeline;
  const jobs = jobsOf(context);
  const most = pipeline?.timeout === undefined ? longest : durationMs(pipeline.timeout) / 1_000;
  const steps = jobs.flatMap((one) => stepsOf(one, context, secondsOf(one, most)));
  const body: Tree = {
    steps,
    // No step takes the time of another: above all not that of a release, which would be broken off halfway.
    timeout: `${Math.min(
      longest,
      jobs.reduce((sum, one) => sum + secondsOf(one, most), 0),
    )}s`,
    ...(used.substitutions.size === 0
      ? {}
      : { substitutions: Object.fromEntries([...used.substitutions].map((name) => [name, ""])) }),
    ...(pipeline?.account === undefined
      ? {}
      : {
          serviceAccount: `projects/$PROJECT_ID/serviceAccounts/${escaped(pipeline.account)}@$PROJECT_ID.iam.gserviceaccount.com`,
        }),
    options: {
      logging: "CLOUD_LOGGING_ONLY",
      ...(pipeline?.machine === undefined ? {} : { machineType: pipeline.machine }),
      // A variable that this build has no use for is no mistake.
      substitutionOption: "ALLOW_LOOSE",
    },
    ...(used.secrets.size === 0
      ? {}
      : {
          availableSecrets: {
            secretManager: [...used.secrets].map((name) => ({
              versionName: `projects/$PROJECT_ID/secrets/${secretName(name)}/versions/latest`,
              env: identifier(name),
            })),
          },
        }),
  };
  return noted([workflow.title, ...workflow.on.flatMap(triggerText)].join("\n"), body);
}

/** A day: nothing on Cloud Build takes longer. */
const longest = 86_400;

/** What the spec allows a step; a release takes what it takes. */
function secondsOf({ timeoutMinutes, waitsMinutes }: Job, most: number): number {
  const seconds = timeoutMinutes * 60;
  return Math.min(longest, waitsMinutes === undefined ? Math.min(seconds, most) : seconds);
}

function triggerText(trigger: Trigger): readonly string[] {
  switch (trigger.on) {
    case "push":
      return [`Its trigger: a push to ${trigger.branch}.`];
    case "tag":
      return [`Its trigger: a tag ${trigger.pattern}.`];
    case "pull request":
      return [
        `Its trigger: a pull request${trigger.label === undefined || trigger.label === "" ? "" : `, started by a comment where it has the label ${trigger.label}`}.`,
      ];
    case "schedule":
      return [`Its trigger: Cloud Scheduler, at ${trigger.cron} (UTC).`];
    case "hand":
      return [
        trigger.version
          ? "Its trigger: a person, with the substitution _VERSION and an approval."
          : "Its trigger: also a person.",
      ];
    case "call":
      return [];
  }
}

/** The jobs of a build, those of a workflow that it calls among them; a build has one reason to run, so conditions on it are settled here. */
function jobsOf({ workflow, workflows }: Context): readonly Job[] {
  const asked = workflow.on.some(({ on }) => on === "pull request");
  const fits = (one: Job) =>
    !one.when.some(
      ({ is }) => is === "closed" || is === "always" || is === "failed" || (!asked && (is === "pull request" || is === "open")),
    );
  return workflow.jobs.flatMap((one) => {
    const [call] = one.steps;
    if (call?.is !== "call") return fits(one) ? [one] : [];
    const called = workflows.find(({ id }) => id === call.workflow);
    return (called?.jobs ?? []).filter(({ when }) => when.length === 0);
  });
}

function stepsOf(job: Job, context: Context, seconds: number): readonly YamlValue[] {
  const besides = job.beside.map((one) => besideStep(job, one));
  if (job.each === undefined)
    return [...besides, stepOf(job, job.id, {}, context, seconds), ...reportSteps(job, context), ...endOf(job)];
  // Side by side: each waits for what stands before the first of them, and whatever follows waits for all.
  const before = standsBefore(job, context);
  return job.each.map((row) => ({
    ...(stepOf(job, `${job.id}-${row["service"] ?? ""}`, row, context, seconds) as Tree),
    ...(before === undefined ? {} : { waitFor: before }),
  }));
}

/** The ids of everything before a job, for steps that run beside each other. */
function standsBefore(job: Job, context: Context): readonly string[] | undefined {
  const ids: string[] = [];
  for (const one of jobsOf(context)) {
    if (one.id === job.id) return ids.length === 0 ? ["-"] : ids;
    if (one.each === undefined) ids.push(one.id);
    else ids.push(...one.each.map((row) => `${one.id}-${row["service"] ?? ""}`));
  }
  return undefined;
}

function besideStep(job: Job, { name, image, ports, env, ready }: Job["beside"][number]): YamlValue {
  const container = `${job.id}-${name}`;
  return {
    id: container,
    name: "gcr.io/cloud-builders/docker",
    script: shell([
      `docker run --detach --network cloudbuild --name ${word(container)} ${ports.map((one) => `--publish ${word(one)}`).join(" ")} \\`,
      `  ${[...Object.entries(env).map(([key, value]) => `--env ${word(`${key}=${value}`)}`), word(image)].join(" ")}`,
      ...(ready === undefined
        ? []
        : [`timeout 60 bash -c ${word(`until docker exec ${word(container)} ${ready}; do sleep 1; done`)}`]),
    ]),
  };
}

/** What ran beside a job leaves its ports to the next. */
function endOf(job: Job): readonly YamlValue[] {
  if (job.beside.length === 0) return [];
  return [
    {
      id: `${job.id}-end`,
      name: "gcr.io/cloud-builders/docker",
      script: shell([`docker rm --force --volumes ${job.beside.map(({ name }) => word(`${job.id}-${name}`)).join(" ")}`]),
    },
  ];
}

/** What other builds ask for goes to the bucket for reports; a plan stays in the workspace. */
function reportSteps(job: Job, { used }: Context): readonly YamlValue[] {
  return job.steps.flatMap((one): readonly YamlValue[] => {
    if (one.is !== "keep" || one.days <= 14) return [];
    used.substitutions.add("_REPORTS");
    return [
      {
        id: `${job.id}-report`,
        name: cloudImage,
        env: ["REPORTS=${_REPORTS}", "COMMIT=$COMMIT_SHA"],
        script: shell([
          `gcloud storage cp ${one.paths.map(shellWord).join(" ")} "gs://$REPORTS/$COMMIT/${inShell(one.artifact)}/"`,
        ]),
      },
    ];
  });
}

/** Images that are made for one tool have no bash; what stands in their jobs is for any shell. */
export function shell(lines: readonly string[], image = ""): string {
  const start = bare(image) ? ["#!/bin/sh", "set -eu"] : ["#!/usr/bin/env bash", "set -euo pipefail"];
  return `${[...start, ...lines].join("\n")}\n`;
}

function stepOf(job: Job, id: string, row: Readonly<Record<string, string>>, context: Context, seconds: number): YamlValue {
  const { used } = context;
  const { image, installs } = runtimeOf(job);
  const own = job.steps.some(({ is }) => is === "green") ? cloudImage : image;
  const env = new Map<string, string>();
  const secrets = new Set<string>();
  const exports: string[] = [];
  const see = (key: string, value: Value): readonly string[] => {
    const parts = partsOf(value);
    const [only] = parts;
    if (parts.length === 1 && typeof only === "object" && only.from === "secret") {
      const name = identifier(only.name);
      secrets.add(name);
      used.secrets.add(only.name);
      return name === key ? [] : [`export ${key}="$${name}"`];
    }
    const late = parts.some((one) => typeof one !== "string" && ["own", "job", "started"].includes(one.from));
    const known = env.get(key);
    const text = late ? undefined : substituted(value, row, used);
    if (text !== undefined && (known === undefined || known === text)) {
      env.set(key, text);
      return [];
    }
    return text === undefined ? [`${key}="${inShell(value)}"`, `export ${key}`] : differing(key, value, text, env);
  };
  for (const [key, value] of Object.entries(job.env ?? {})) exports.push(...see(key, value));
  const lines = [
    ...conditions(job),
    ...installs,
    ...identityLines(job, own, see),
    ...exports,
    ...job.steps.flatMap((step) => linesOf(step, job, see)),
  ];
  const notices = job.steps.flatMap((one) => (one.is === "run" && one.after === "failure" ? [one] : []));
  const ending = notices.map((one) => {
    const told = Object.entries(one.env ?? {}).flatMap(([key, value]) => see(key, value));
    return `{\n${indented([...told, one.script].join("\n"))}\n} || true`;
  });
  const trapped =
    ending.length === 0 ? [] : ["failed() {", ...ending.map(indented), "}", "trap 'if [ $? -ne 0 ]; then failed; fi' EXIT"];
  const body: Tree = {
    id,
    name: own,
    ...(env.size === 0 ? {} : { env: [...env].map(([key, value]) => `${key}=${value}`) }),
    ...(secrets.size === 0 ? {} : { secretEnv: [...secrets].toSorted() }),
    timeout: `${seconds}s`,
    script: shell([...trapped, ...lines], own),
  };
  const comment = commentOf(job, (approvers) => `The trigger asks ${approvers} to approve the build before it starts.`);
  return comment === undefined || job.each !== undefined ? body : noted(comment, body);
}

/** A second value of the same name: in the script where it is text, else under a name of its own in the environment. */
function differing(key: string, value: Value, text: string, env: Map<string, string>): readonly string[] {
  if (typeof value === "string") return [`export ${key}=${word(value)}`];
  let index = 2;
  while (env.has(`${key}_${index}`) && env.get(`${key}_${index}`) !== text) index++;
  env.set(`${key}_${index}`, text);
  return [`export ${key}="$${key}_${index}"`];
}

function conditions(job: Job): readonly string[] {
  return job.when.flatMap((when) =>
    when.is === "given"
      ? [`[ "$(cat ${outputs}/${when.job}.${when.name})" = ${word(when.value)} ] || { echo "nothing to do"; exit 0; }`]
      : [],
  );
}

function identityLines(
  { identity, tools, rights }: Job,
  image: string,
  see: (key: string, value: Value) => readonly string[],
): readonly string[] {
  if (identity === undefined || identity.cloud === "gcp" || !rights.includes("identity")) return [];
  const audience = identity.cloud === "aws" ? "sts.amazonaws.com" : "api://AzureADTokenExchange";
  const token = [
    `metadata=http://metadata.google.internal/computeMetadata/v1/instance/service-accounts/default/identity`,
    bare(image)
      ? `(umask 077 && wget -q -O /tmp/id-token --header 'Metadata-Flavor: Google' "$metadata?audience=${audience}")`
      : `(umask 077 && curl --fail --silent --show-error --header 'Metadata-Flavor: Google' "$metadata?audience=${audience}" > /tmp/id-token)`,
  ];
  if (identity.cloud === "aws")
    return [
      ...token,
      ...see("AWS_ROLE_ARN", identity.account),
      ...see("AWS_REGION", identity.region),
      "export AWS_ROLE_ARN AWS_REGION AWS_WEB_IDENTITY_TOKEN_FILE=/tmp/id-token",
    ];
  const named = [
    ...see("ARM_CLIENT_ID", identity.account),
    ...see("ARM_TENANT_ID", { from: "variable", name: "AZURE_TENANT_ID" }),
    ...see("ARM_SUBSCRIPTION_ID", identity.project),
  ];
  return tools.some(({ tool }) => tool === "cloud")
    ? [
        ...token,
        ...named,
        'az login --output none --service-principal --username "$ARM_CLIENT_ID" --tenant "$ARM_TENANT_ID" --federated-token "$(cat /tmp/id-token)"',
        'az account set --subscription "$ARM_SUBSCRIPTION_ID"',
      ]
    : [...token, ...named, "export ARM_USE_OIDC=true ARM_OIDC_TOKEN_FILE_PATH=/tmp/id-token"];
}

function linesOf(step: Step, job: Job, see: (key: string, value: Value) => readonly string[]): readonly string[] {
  switch (step.is) {
    case "run": {
      if (step.after === "failure") return [];
      const folder = step.folder === undefined ? undefined : shellWord(step.folder);
      const comment = (step.comment ?? "").split("\n").flatMap((one) => (one === "" ? [] : [`# ${one}`]));
      const env = Object.entries(step.env ?? {}).flatMap(([key, value]) => see(key, value));
      const gives = (step.gives ?? []).filter((name) => job.gives.includes(name));
      if (gives.length === 0) return [...comment, ...env, unless(inFolder(step.script, folder), step.unless)];
      return [
        ...comment,
        ...env,
        ...(folder === undefined ? [] : [`cd ${folder}`]),
        step.script,
        ...(folder === undefined ? [] : ["cd /workspace"]),
        `mkdir -p ${outputs}`,
        ...gives.map((name) => `printf '%s' "$${name}" > ${outputs}/${job.id}.${name}`),
        // All that follows is of this version.
        ...(job.id === "version" ? ['git checkout --quiet --detach "$sha"'] : []),
      ];
    }
    case "checkout":
      return step.history === true ? ["git fetch --quiet --unshallow --tags || git fetch --quiet --tags"] : [];
    case "image":
      return [
        ...see("REFERENCE", step.image),
        ...see("CONTEXT", step.context),
        ...see("DOCKERFILE", step.file),
        ...see("STAGE", step.target),
        ...step.tags.flatMap((tag, index) => see(`TAG_${index + 1}`, tag)),
        ...see("REVISION", step.revision),
        "docker buildx create --use",
        unless(
          [
            'docker buildx build --push --file "$DOCKERFILE" --target "$STAGE" \\',
            ...step.tags.map((_, index) => `  --tag "$TAG_${index + 1}" \\`),
            `  --label "${revisionLabel}=$REVISION" \\`,
            ...(step.cache === undefined
              ? []
              : [
                  '  --cache-from "type=registry,ref=$REFERENCE:cache" --cache-to "type=registry,ref=$REFERENCE:cache,mode=max" \\',
                ]),
            '  "$CONTEXT"',
          ].join("\n"),
          step.unless,
        ),
      ];
    case "green": {
      return [
        ...see("COMMIT", step.commit),
        ...(step.artifact === undefined ? [] : see("REPORTS", { from: "variable", name: "REPORTS" })),
        ...see("TRIGGER", step.built?.trigger ?? step.workflow),
        ...(step.built === undefined ? [] : [...see("BUILT_IN", step.built.project), ...see("BUILT_REGION", step.built.region)]),
        `build=$(gcloud builds list${step.built === undefined ? "" : ' --project "$BUILT_IN" --region "$BUILT_REGION"'} \\`,
        '  --filter "status=SUCCESS AND substitutions.TRIGGER_NAME=$TRIGGER AND substitutions.COMMIT_SHA=$COMMIT" --limit 1 --format "value(id)")',
        '[ -n "$build" ] || { echo "nothing green for $COMMIT" >&2; exit 1; }',
        ...(step.artifact === undefined ? [] : [`gcloud storage cp --recursive "gs://$REPORTS/$COMMIT/${step.artifact}" .`]),
      ];
    }
    case "show":
    case "comment":
      return [`cat ${shellWord(step.file)}`];
    default:
      return [];
  }
}
