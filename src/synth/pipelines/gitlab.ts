import type { File } from "../file.ts";
import { identifier } from "../names.ts";
import type { Subject } from "../subject.ts";
import { inDoubleQuotes, word } from "../text/shell.ts";
import { type YamlValue, noted, yaml } from "../text/yaml.ts";
import { type Job, type Source, type Step, type Trigger, type Value, type Workflow, partsOf } from "./model.ts";
import { inFolder, runtimeOf } from "./runtime.ts";
import { indented } from "./scripts.ts";

// GitLab CI: one pipeline, of which each workflow is a part with rules of its own. Text from the spec stands in `variables` with its
// dollars doubled, and in `script` as the command that it is: GitLab evaluates nothing there.

type Map = { readonly [key: string]: YamlValue | undefined };
type Context = {
  readonly subject: Subject;
  readonly workflow: Workflow;
  readonly workflows: readonly Workflow[];
  readonly job: Job;
};

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

function inPattern(given: string): string {
  return given.replace(/[.*+?^$()|[\]{}\\/]/g, (one) => `\\${one}`);
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

function nameOf({ id }: Workflow, job: Job): string {
  return `${id}:${job.id}`;
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
    ending === "failure" ? { when: "on_failure" } : job.when.some(({ is }) => is === "closed") ? { when: "manual" } : {};
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
    ...(job.alone === undefined ? {} : { resource_group: job.alone === "preview" ? "preview-$CI_MERGE_REQUEST_IID" : job.alone }),
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
  return job.comment === undefined ? clean : noted(job.comment, clean);
}

function environmentOf(job: Job): YamlValue {
  if (job.id === "preview") return { name: "preview/$CI_MERGE_REQUEST_IID", on_stop: "preview:end" };
  if (job.when.some(({ is }) => is === "closed")) return { name: "preview/$CI_MERGE_REQUEST_IID", action: "stop" };
  return job.id.startsWith("release-") ? { name: job.environment ?? "" } : { name: job.environment ?? "", action: "prepare" };
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
    }[tool.tool as "node" | "python" | "rust"];
    variables[key] = `$CI_PROJECT_DIR/${folder}`;
    cache.push({ key: { files: [tool.lock] }, paths: [`${folder}/`] });
  }
  return { variables, cache };
}

type Identified = { readonly tokens: Map; readonly variables: Map; readonly script: readonly string[] };

function identityOf({ job }: Context): Identified {
  const { identity, tools } = job;
  const docker: Map = tools.some(({ tool }) => tool === "docker")
    ? {
        DOCKER_HOST: "tcp://docker:2376",
        DOCKER_TLS_CERTDIR: "/certs",
        DOCKER_TLS_VERIFY: "1",
        DOCKER_CERT_PATH: "/certs/client",
      }
    : {};
  const sigstore: Map = tools.some(({ tool }) => tool === "cosign") ? { SIGSTORE_ID_TOKEN: { aud: "sigstore" } } : {};
  if (identity === undefined || !job.rights.includes("identity")) return { tokens: sigstore, variables: docker, script: [] };
  const cloud = tools.some(({ tool }) => tool === "cloud");
  const keep = "(umask 077 && printf '%s' \"$ID_TOKEN\" > /tmp/id-token)";
  switch (identity.cloud) {
    case "gcp":
      return {
        tokens: { ID_TOKEN: { aud: "https://iam.googleapis.com/$GCP_WORKLOAD_IDENTITY_PROVIDER" }, ...sigstore },
        variables: { ...docker, GOOGLE_APPLICATION_CREDENTIALS: "/tmp/credentials.json", GCP_ACCOUNT: text(identity.account) },
        script: [
          keep,
          block(googleCredentials),
          ...(cloud ? ['gcloud auth login --quiet --cred-file "$GOOGLE_APPLICATION_CREDENTIALS"'] : []),
        ],
      };
    case "aws":
      return {
        tokens: { ID_TOKEN: { aud: "sts.amazonaws.com" }, ...sigstore },
        variables: {
          ...docker,
          AWS_ROLE_ARN: text(identity.account),
          AWS_WEB_IDENTITY_TOKEN_FILE: "/tmp/id-token",
          AWS_REGION: dollars(identity.region),
        },
        script: [keep],
      };
    case "azure":
      return {
        tokens: { ID_TOKEN: { aud: "api://AzureADTokenExchange" }, ...sigstore },
        variables: {
          ...docker,
          ...(cloud ? {} : { ARM_USE_OIDC: "true", ARM_OIDC_TOKEN: "$ID_TOKEN", ARM_TENANT_ID: "$AZURE_TENANT_ID" }),
          ARM_CLIENT_ID: text(identity.account),
          ARM_SUBSCRIPTION_ID: text(identity.project),
        },
        script: cloud
          ? [
              'az login --output none --service-principal --username "$ARM_CLIENT_ID" --tenant "$AZURE_TENANT_ID" --federated-token "$ID_TOKEN"',
              'az account set --subscription "$ARM_SUBSCRIPTION_ID"',
            ]
          : [],
      };
  }
}

/** What Google's libraries read: the job's token, for a short one of the account. */
const googleCredentials = [
  'cat > "$GOOGLE_APPLICATION_CREDENTIALS" <<END',
  "{",
  '  "type": "external_account",',
  '  "audience": "//iam.googleapis.com/$GCP_WORKLOAD_IDENTITY_PROVIDER",',
  '  "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",',
  '  "token_url": "https://sts.googleapis.com/v1/token",',
  '  "credential_source": { "file": "/tmp/id-token" },',
  '  "service_account_impersonation_url": "https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/$GCP_ACCOUNT:generateAccessToken"',
  "}",
  "END",
].join("\n");

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

function exported(env: Readonly<Record<string, Value>>, exports: ReadonlySet<string>): readonly string[] {
  return Object.entries(env).flatMap(([key, value]) => (exports.has(key) ? [`export ${key}="${inShell(value)}"`] : []));
}

function inShell(value: Value): string {
  return partsOf(value)
    .map((one) => (typeof one === "string" ? inDoubleQuotes(one) : one.from === "own" ? `$${one.name}` : expression(one)))
    .join("");
}

function prelude({ job }: Context): readonly YamlValue[] {
  const lines: YamlValue[] = [];
  for (const when of job.when)
    if (when.is === "given")
      lines.push(
        block(`if [ "$${outputName(when.job, when.name)}" != ${word(when.value)} ]; then\n  echo "nothing to do"\n  exit 0\nfi`),
      );
  return lines;
}

function outputName(job: string, name: string): string {
  return `${identifier(job)}_${identifier(name)}`.toUpperCase();
}

function block(script: string): string {
  return script.includes("\n") ? `${script}\n` : script;
}

function scriptOf(step: Step, context: Context, exports: ReadonlySet<string>): readonly YamlValue[] {
  const { job, workflows } = context;
  switch (step.is) {
    case "checkout":
      if (step.at === undefined || partsOf(step.at).some((one) => typeof one !== "string" && one.from === "commit")) return [];
      return [`git fetch --quiet --depth 1 origin "${inShell(step.at)}" && git checkout --quiet --detach "${inShell(step.at)}"`];
    case "run": {
      if (step.after === "failure") return [];
      const folder =
        step.folder === undefined ? undefined : typeof step.folder === "string" ? word(step.folder) : `"${inShell(step.folder)}"`;
      const gives = (step.gives ?? []).map((name) => `echo "${outputName(job.id, name)}=$${name}" >> outputs.env`);
      const own =
        step.gives === undefined
          ? inFolder(step.script, folder)
          : [
              ...(folder === undefined ? [] : [`cd ${folder}`]),
              step.script,
              ...(folder === undefined ? [] : ['cd "$CI_PROJECT_DIR"']),
              ...gives,
            ].join("\n");
      const all = [...exported(step.env ?? {}, exports), step.after === "anything" ? `{ ${own}; } || failed=1` : own].join("\n");
      const commented = step.comment === undefined ? block(all) : noted(step.comment, block(all));
      return [commented];
    }
    case "image": {
      const name = inShell(step.image);
      return [
        "docker buildx create --use",
        block(
          [
            `docker buildx build --push --file "${inShell(step.file)}" --target "${inShell(step.target)}" \\`,
            ...step.tags.map((tag) => `  --tag "${inShell(tag)}" \\`),
            ...(step.cache === undefined
              ? []
              : [`  --cache-from "type=registry,ref=${name}:cache" --cache-to "type=registry,ref=${name}:cache,mode=max" \\`]),
            `  "${inShell(step.context)}"`,
          ].join("\n"),
        ),
      ];
    }
    case "green": {
      const producer = workflows.flatMap((one) =>
        one.jobs
          .filter(({ steps }) => steps.some((other) => other.is === "keep" && other.artifact === step.artifact))
          .map((other) => nameOf(one, other)),
      )[0];
      return [
        block(
          [
            ...exported({ COMMIT: step.commit }, exports),
            'api="$CI_API_V4_URL/projects/$CI_PROJECT_ID"',
            'ask() { curl --fail --silent --show-error --header "PRIVATE-TOKEN: $READ_API_TOKEN" "$@"; }',
            'pipeline=$(ask "$api/pipelines?sha=$COMMIT&source=push&status=success" | jq --raw-output ".[0].id // empty")',
            '[ -n "$pipeline" ] || { echo "nothing green for $COMMIT" >&2; exit 1; }',
            ...(step.artifact === undefined || producer === undefined
              ? []
              : [
                  `job=$(ask "$api/pipelines/$pipeline/jobs?scope=success&per_page=100" | jq --arg name ${word(producer)} '[.[] | select(.name == $name)][0].id')`,
                  `mkdir -p ${step.artifact}`,
                  `ask --location --output ${step.artifact}/${step.artifact}.json "$api/jobs/$job/artifacts/${step.artifact}/${step.artifact}.json"`,
                ]),
          ].join("\n"),
        ),
      ];
    }
    case "comment":
      return [`.gitlab/ci/comment.sh ${word(step.mark)} ${word(step.file)}`];
    case "show":
      return [`cat ${word(step.file)}`];
    default:
      return [];
  }
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

function text(value: Value, ending?: "success" | "failure"): string {
  return partsOf(value)
    .map((one) => (typeof one === "string" ? dollars(one) : one.from === "status" ? (ending ?? "") : expression(one)))
    .join("");
}

/** GitLab expands what follows a dollar in a variable's value; doubled, it stays one. */
function dollars(given: string): string {
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
  }
}

function spaced(content: string): string {
  const lines: string[] = [];
  for (const line of content.split("\n")) {
    const noted = lines.at(-1)?.startsWith("#") === true;
    if (/^\S/.test(line) && lines.length > 0 && !noted) lines.push("");
    lines.push(line);
  }
  return lines.join("\n");
}

/** One note of a kind on a merge request: the next run writes over it. */
const commentScript = `#!/usr/bin/env bash
# Usage: comment.sh KIND FILE
# Writes a file into the one note of its kind on the merge request.
set -euo pipefail

mark="<!-- $1 -->"
notes="$CI_API_V4_URL/projects/$CI_PROJECT_ID/merge_requests/$CI_MERGE_REQUEST_IID/notes"

ask() {
  curl --fail --silent --show-error --header "PRIVATE-TOKEN: $COMMENT_TOKEN" "$@"
}

note=$(ask "$notes?per_page=100" | jq --arg mark "$mark" '[.[] | select(.body | startswith($mark))][0].id // empty')
body=$(mktemp)
{ echo "$mark"; cat "$2"; } > "$body"
if [ -n "$note" ]; then
  ask --request PUT --data-urlencode "body@$body" --output /dev/null "$notes/$note"
else
  ask --request POST --data-urlencode "body@$body" --output /dev/null "$notes"
fi
`;
